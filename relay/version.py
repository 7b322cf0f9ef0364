"""The version of this relay."""

from importlib.metadata import version

PROJECT = "ad-password-writeback"
# of the program that this process runs
VERSION = version(PROJECT)
