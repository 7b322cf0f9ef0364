"""What those do who work here: their sessions, and whom they help."""
