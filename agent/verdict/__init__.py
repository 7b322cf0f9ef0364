"""Would it work for this user, and why not: pure."""
