"""pywin32's error, as the one that Python has for its number."""

import sys

assert sys.platform == "win32"

import contextlib
from collections.abc import Iterator

import pywintypes


@contextlib.contextmanager
def as_os_error(path: str | None = None) -> Iterator[None]:
    """Make an OSError of pywin32's, with the file or name that it is about."""
    try:
        yield
    except pywintypes.error as error:
        raise OSError(0, error.strerror, path, error.winerror) from None
