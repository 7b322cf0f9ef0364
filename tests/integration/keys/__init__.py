"""Keys that are replaced while requests go on, with everything real."""
