"""Name and version of the distribution."""

from importlib.metadata import version

PROJECT = "ad-password-writeback"
# of the program that this process runs
VERSION = version(PROJECT)
