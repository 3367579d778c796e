"""Discourse networks from statements: two-mode, one-mode, over time, with
error bars; and the files they leave in.

Pure: statements in, values out. `numpy` and `networkx` are imported
here; nothing of it is on a start path.
"""
