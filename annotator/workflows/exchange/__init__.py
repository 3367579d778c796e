"""Import and export, data sets, validation, and merging of projects."""
