"""What happened in a project: the log of decisions in words, who is behind each annotation, and who
works here."""
