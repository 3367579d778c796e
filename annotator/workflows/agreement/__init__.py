"""How far annotators agree: computed once or kept up, and told."""
