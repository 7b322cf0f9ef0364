"""Words and rows for the screen, without widgets."""
