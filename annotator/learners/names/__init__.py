"""Canonical names: who an actor is, and the next word of a name as it is typed.

What runs beside the keys (`namer`, `next_word`) is standard library and reads its weights from
`_data/`; `training` fits them and needs numpy.
"""
