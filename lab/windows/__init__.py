"""Windows without Windows: Wine in a Debian root, one session at a time."""
