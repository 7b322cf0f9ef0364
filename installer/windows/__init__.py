"""Builds the MSI for Windows on a Debian, with nothing of Windows at hand."""
