"""Knowledge of English: tables, tokens, syntax, frames and cues, and the rules for actors, claims
and stances. Another language would be another folder with the same modules. `reading.py` makes a
paragraph ready for suggesters and learners.
"""
