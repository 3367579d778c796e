"""The family of suggesters, with one module each. `api.py` says what a member provides."""
