"""Entities and concepts in use: the registry and the matrix of who holds what."""
