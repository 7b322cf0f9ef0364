"""One exact LDAP filter for an identifier; what no user can be named by is refused."""

import base64
import binascii
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from agent.config.errors import quoted, shown
from agent.ldap.filters import escape
from wire.outcomes import Code, Refused

MOST = 1024  # what a userPrincipalName may have (MS-ADA3); the others have less
_GUID = "must be a GUID, 32 hexadecimal digits"


@dataclass(frozen=True)
class UserFilter:
    """What means one user.

    Attributes:
        by: the attribute.
        value: as it came.
        assertion: the attribute and the escaped value of a filter (RFC 4515).

    """

    by: str
    value: str
    assertion: str


def user_filter(by: str, value: str) -> UserFilter:
    """Make the filter for an identifier: attribute `by`, with a value as text.

    An ms-DS-ConsistencyGuid may be base64 too. Refused (bad_request) where no directory
    has somebody so named.
    """
    if not value.strip():
        raise _wrong(by, "must not be empty", value)
    if len(value) > MOST:
        raise _wrong(by, f"must have {MOST} characters or fewer", value)
    # Cs: half of a character, such as a byte of an argument that is no UTF-8
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value):
        raise _wrong(by, "must not hold control characters", value)
    if by == "objectGUID":
        guid = escape(_guid(by, value, _GUID).bytes_le)
        return UserFilter(by, value, f"objectGUID={guid}")
    if by == "ms-DS-ConsistencyGuid":
        # the name in the schema (MS-ADA2 2.187)
        guid = escape(_consistency(by, value))
        return UserFilter(by, value, f"mS-DS-ConsistencyGuid={guid}")
    return UserFilter(by, value, f"{by}={escape(value)}")


def nobody(by: str, value: str) -> Refused:
    """Say that no user is so named."""
    return Refused(Code.USER_NOT_FOUND, f"no user has the {by} {quoted(value)}")


def several(by: str, value: str) -> Refused:
    """Say that more than one user is so named."""
    detail = f"more than one user has the {by} {quoted(value)}"
    return Refused(Code.SEVERAL_USERS, detail)


def _guid(by: str, value: str, rule: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise _wrong(by, rule, value) from None


def _consistency(by: str, value: str) -> bytes:
    """Read a GUID as text, or the base64 of its 16 bytes, as Entra ID keeps it."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    rule = f"{_GUID}, or the base64 of its 16 bytes"
    return raw if len(raw) == 16 else _guid(by, value, rule).bytes_le


def _wrong(by: str, rule: str, value: str) -> Refused:
    return Refused(Code.BAD_REQUEST, f"the {by} {rule}{shown(value)}")
