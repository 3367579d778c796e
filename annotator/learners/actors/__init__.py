"""The learner of short spans that do not overlap: actors,
in the schema that comes with the program."""
