"""What a command and a screen both call: import, suggest, export, validate, the demo project."""
