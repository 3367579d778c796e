"""The family of agreement measures: what says how far annotators agree.

A member's module holds what `workflows` calls it by; an undefined value is None with a reason, never 0 or 1.
The family has no members yet.
"""
