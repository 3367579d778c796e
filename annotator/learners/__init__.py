"""Learning from annotators' decisions: a model for each kind of layer, and what the models
share."""
