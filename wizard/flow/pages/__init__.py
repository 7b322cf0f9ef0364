"""The pages as data, one file each."""
