"""The code of "This wasn't me": in each mail of what was done to an account.

It is typed, so that no scanner that opens what is in a mail presses it. 50 bits:
who guesses has few tries an hour, and gains that somebody must call the help desk.
"""

import secrets

from portal.methods import paper_code

# who is away reads it when they are back
LIFETIME_S = 14 * 86_400
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # base32 (RFC 4648 section 6)
_LENGTH, _GROUP = 10, 5


def new_code() -> str:
    """Make a code, in two groups of five."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def typed(text: str) -> str:
    """Read a code as people type it: the letters that its hash is made of."""
    return paper_code.typed(text)
