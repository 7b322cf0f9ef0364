"""The window's frame: what stands around a page."""
