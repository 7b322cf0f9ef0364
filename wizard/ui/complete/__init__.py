"""Parts of Complete: what the portal is given, a test with its hops, what was made."""
