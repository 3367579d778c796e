"""What comes in and goes out: import, export, data sets, validation, merging of projects."""
