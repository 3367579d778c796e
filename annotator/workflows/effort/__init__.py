"""What suggestions save: scores and keys against what was decided."""
