"""Debian roots: what making and entering one takes; the installer imports no more."""
