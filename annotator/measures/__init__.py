"""The family of agreement measures: how far annotators agree on
one layer. `api.py` says what a member is."""

from __future__ import annotations
