"""What suggestions save: scores and keys, measured against the decisions."""
