"""A Windows machine: its service control manager, descriptors, DPAPI, event log."""
