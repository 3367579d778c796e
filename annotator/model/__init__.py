"""Frozen values and pure functions: texts, spans, schemas,
decisions. Standard library only, no I/O."""
