"""From several annotators' work to the gold: differences,
their alignment, decisions and reasons."""
