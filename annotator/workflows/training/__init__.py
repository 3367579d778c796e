"""Learning from what was decided, and how good what was learnt is."""
