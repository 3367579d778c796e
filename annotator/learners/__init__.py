"""Learning from annotators' decisions: a model for each kind of layer, and the parts that models
share."""
