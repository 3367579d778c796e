"""Learns from decisions, and evaluates what was learnt."""
