"""The learner of relations between spans: stances, in the schema that comes with the program."""
