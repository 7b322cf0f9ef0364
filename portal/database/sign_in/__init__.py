"""Ways in that are under way: codes that were given, people who went to sign in."""
