"""How fast a reset is, beside the floor measured in the same run."""
