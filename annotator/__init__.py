"""Code actors, claims and stances in editorials, in a terminal."""

__version__ = "0.2.0"
