"""Codes that are sent: digits, ten minutes, five tries (NIST SP 800-63B-4, 3.1.3.2).

A code is typed into the browser that asked for it; a link would be followed by mail
scanners, and by whoever holds it.
"""

import secrets

LIFETIME_S = 600
TRIES = 5
AGAIN_S = 30
MAIL_DIGITS, SMS_DIGITS = 8, 6
_MOST_TYPED = 32


def new_code(digits: int) -> str:
    """Make a code of so many digits."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def typed(text: str) -> str:
    """Read a code as people type it: blanks and hyphens don't count."""
    return "".join(text[:_MOST_TYPED].split()).replace("-", "")
