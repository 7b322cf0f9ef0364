"""Keeps Python 3.11 alive under PySide6 6.12, which takes a reference too many.

PySide6 6.12's stable-ABI build treats None as immortal, which it is only from Python
3.12 on (PEP 683): each call that gives None drops one reference to it, and after some
thousand calls the interpreter ends with "deallocating None". Python 3.12 and later
need nothing; there None's count is never changed.
"""

import ctypes
import sys

_ENOUGH = 1 << 40  # more than any session can use up; far below the counter's end


def keep_none() -> None:
    """Give None the references that PySide6 will take, once, where it takes them."""
    if sys.version_info >= (3, 12) or sys.getrefcount(None) >= _ENOUGH:
        return
    count = ctypes.c_ssize_t.from_address(id(None))  # ob_refcnt, first in PyObject
    if abs(count.value - sys.getrefcount(None)) > 8:  # the calls hold some
        return  # another layout, such as a debug build's: leave it alone
    count.value += 2 * _ENOUGH
