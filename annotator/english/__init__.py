"""What is known of English: tables, tokens, syntax, frames and cues, and
the rules for actors, claims and stances.

Another language is another folder with the same faces. `reading.py` makes a paragraph ready for
suggesters and learners.
"""
