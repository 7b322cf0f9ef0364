"""What a Windows machine knows of where it is."""
