"""What needs an administrator on Windows: a helper, asked over a named pipe."""
