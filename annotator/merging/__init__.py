"""The family of merging strategies: what turns several annotators' work into a first draft of the gold.

The family has no members yet.
"""
