"""What a node counts and times while it serves, and how monitoring reads it."""
