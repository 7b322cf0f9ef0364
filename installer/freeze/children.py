"""Runs before each frozen program: what it starts is none of our libraries' business.

The executable comes up with LD_LIBRARY_PATH naming its own folder. A program of the
machine that inherited it would load our libssl in place of its own, which may be newer.
"""

import os

_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
os.environ.pop("LD_LIBRARY_PATH", None)
if _before:
    os.environ["LD_LIBRARY_PATH"] = _before
