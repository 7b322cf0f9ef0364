"""One exact LDAP filter for an identifier; what no user can be named by is refused."""

import base64
import binascii
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from agent.config.errors import quoted, shown
from agent.ldap.entry import Entry
from agent.ldap.filters import escape
from wire.outcomes import Code, Refused
from wire.text import Text

MOST = 1024  # what a userPrincipalName may have (MS-ADA3); the others have less
# the signs that NFC makes ASCII ones: Greek question mark, varia, Kelvin
_LIKE_ASCII = frozenset("\u037e\u1fef\u212a")
_GUID = Text("must be a GUID, 32 hexadecimal digits")


@dataclass(frozen=True)
class UserFilter:
    """What means one user: the attribute, the value as it came, both for a filter.

    `raw` is the value of an attribute that is bytes, such as a GUID.
    """

    by: str
    value: str
    assertion: str
    raw: bytes | None = None

    @property
    def attribute(self) -> str:
        """The attribute as the schema spells it."""
        return self.assertion.partition("=")[0]

    def means(self, entry: Entry) -> bool:
        """Say whether an entry has the value that was asked for, and no like it.

        A directory's own comparison finds more: it takes accents, widths, ligatures,
        blanks and signs without a weight for nothing (MS-UCODEREF 3.1.5.2.4), so that
        somebody else may be found by a name that only looks like theirs.
        """
        if self.raw is not None:
            return entry.raw(self.attribute) == self.raw
        return folded(self.value) in map(folded, entry.texts(self.attribute))


def folded(name: str) -> str:
    """Fold a name for a comparison: composed (NFC), without case, and no further.

    Case is folded sign by sign (Unicode 15 section 3.13, simple case folding): none
    becomes two, as a sharp s would, and none outside of ASCII one inside of it.
    """
    if _LIKE_ASCII.intersection(name):
        return name
    return "".join(map(_folded, unicodedata.normalize("NFC", name)))


def _folded(sign: str) -> str:
    fold = sign.casefold()
    same_kind = len(fold) == 1 and fold.isascii() == sign.isascii()
    return fold if same_kind else sign.lower()


def user_filter(by: str, value: str) -> UserFilter:
    """Make the filter for an identifier: attribute `by`, with a value as text.

    An ms-DS-ConsistencyGuid may be base64 too. Refused (bad_request) where no directory
    has somebody so named.
    """
    if not value.strip():
        raise _wrong(by, Text("must not be empty"), value)
    if len(value) > MOST:
        rule = Text("must have {most} characters or fewer", most=MOST)
        raise _wrong(by, rule, value)
    # Cs: half of a character, such as a byte of an argument that is no UTF-8
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value):
        raise _wrong(by, Text("must not hold control characters"), value)
    if value != value.strip():
        raise _wrong(by, Text("must not begin or end with a blank"), value)
    if by == "objectGUID":
        return _by_bytes(by, value, by, _guid(by, value, _GUID).bytes_le)
    if by == "ms-DS-ConsistencyGuid":
        # the name in the schema (MS-ADA2 2.187)
        return _by_bytes(by, value, "mS-DS-ConsistencyGuid", _consistency(by, value))
    return UserFilter(by, value, f"{by}={escape(value)}")


def _by_bytes(by: str, value: str, attribute: str, raw: bytes) -> UserFilter:
    return UserFilter(by, value, f"{attribute}={escape(raw)}", raw)


def nobody(by: str, value: str) -> Refused:
    """Say that no user is so named."""
    detail = Text("no person has the {by} {value}", by=by, value=quoted(value))
    return Refused(Code.USER_NOT_FOUND, detail)


def several(by: str, value: str) -> Refused:
    """Say that more than one user is so named."""
    detail = Text(
        "more than one person has the {by} {value}", by=by, value=quoted(value)
    )
    return Refused(Code.SEVERAL_USERS, detail)


def _guid(by: str, value: str, rule: Text) -> UUID:
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
    rule = Text("{rule}, or the base64 of its 16 bytes", rule=_GUID)
    return raw if len(raw) == 16 else _guid(by, value, rule).bytes_le


def _wrong(by: str, rule: Text, value: str) -> Refused:
    detail = Text("the {by} {rule}{value}", by=by, rule=rule, value=shown(value))
    return Refused(Code.BAD_REQUEST, detail)
