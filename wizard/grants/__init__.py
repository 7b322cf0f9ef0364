"""What changes permissions in the directory."""
