"""The family of merging strategies: what several annotators' work
says by itself, before anybody reviews it.

One file is one strategy; `api.py` says what it holds (`Strategy`, and for some `Selective` or
`Learning`) and has what strategies share.
"""

from __future__ import annotations
