"""The discourse network of a project: computed, reported and written, with its evidence."""
