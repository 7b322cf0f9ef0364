"""The commands of `writeback-relay`, a file for each kind."""
