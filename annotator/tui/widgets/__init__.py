"""Widgets: as few as possible."""
