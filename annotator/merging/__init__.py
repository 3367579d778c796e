"""The family of merging strategies: what the gold takes from several annotators' work before
anybody reviews it.

One file is one strategy. `api.py` says what a strategy must provide (`Strategy`, and for some
`SelectiveStrategy` or `Learning`) and contains what strategies share.
"""

from __future__ import annotations
