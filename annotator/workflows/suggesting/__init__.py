"""Computes suggestions in advance, in this process, in several, or on a cluster."""
