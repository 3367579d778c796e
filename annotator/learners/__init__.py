"""What learns from annotators' decisions: a model for each kind of
layer, and what the models have in common."""
