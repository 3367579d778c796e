"""The family of agreement measures: how far annotators agree on
one layer. What a member is says `api.py`."""

from __future__ import annotations
