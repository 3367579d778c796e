"""Widgets: the fewest that do."""
