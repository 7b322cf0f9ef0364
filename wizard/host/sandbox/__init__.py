"""A machine below one folder, for trying."""
