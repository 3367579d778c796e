"""Agreement between annotators: computed once or kept up to date, and reported."""
