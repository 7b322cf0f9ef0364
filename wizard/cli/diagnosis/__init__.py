"""What `writeback diagnose` looks at, and what it puts into a file for others."""
