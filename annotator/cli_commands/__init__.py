"""The commands, one file each; `command` is the click command.
Heavy imports stand inside functions."""
