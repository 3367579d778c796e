"""The family of suggesters: one module for each. `api.py` says what a member is."""
