"""The command line, `writeback`."""
