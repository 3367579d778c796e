"""Canonical names: who an actor is, and the next word of a name as it is typed.

The modules that run while somebody types (`namer`, `next_word`) need only the standard library and
read their weights from `_data/`; `training` fits them and needs numpy.
"""
