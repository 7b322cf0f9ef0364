"""Whose account a user's number on the bus is."""

import pwd
from functools import lru_cache

_NOBODYS = -1


@lru_cache(maxsize=1024)
def account(user: int) -> int:
    """Give the number of an account; one for all that have none."""
    try:
        return pwd.getpwuid(user).pw_uid
    except (KeyError, OverflowError):
        return _NOBODYS
