"""What a front end may ask of one machine."""
