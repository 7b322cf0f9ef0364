"""`./dev try`: the wizard on the lab, for a person or by itself."""
