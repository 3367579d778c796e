"""Discourse networks from statements: two-mode, one-mode, over time, with error bars; and their
files.

Pure: statements in, values out. The package imports `numpy` and `networkx`, so nothing imports it
at start.
"""
