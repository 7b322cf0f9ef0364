"""What runs off the GUI thread."""
