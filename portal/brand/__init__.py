"""The organization's own look: its logo and its colour, within what people can read."""
