"""The learner of long spans that may overlap: claims, in the schema that comes with the program."""
