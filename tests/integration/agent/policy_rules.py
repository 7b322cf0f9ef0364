"""A second opinion about a case of password policy, without the product's own rules.

It is written from MS-SAMR and from what Samba was seen to do: `refused_by_ad` and
`refused_by_samba`. Where the two differ, the product keeps to Active Directory, and the
test says which difference it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.fixtures.policy_files import NAME_DELIMITERS
from tests.integration.agent.policy_cases import (
    ALPHABETS,
    DAY,
    Case,
    Linked,
    Past,
    Rules,
    units,
)
from wire.operation import Operation
from wire.outcomes import Code

MOST = 256  # MS-SAMR 3.1.1.7.2, maximum password length constraint


@dataclass(frozen=True)
class Facts:
    """Everything a refusal depends on, as the test knows it."""

    case: Case
    rules: Rules
    min_age: timedelta
    set_at: datetime | None
    sam: str
    cannot_change: bool
    password: str = field(repr=False)
    past: Past = field(repr=False)
    now: datetime


def kinds(password: str, column: int) -> int:
    found = {row[column] for row in ALPHABETS for char in password if char in row[0]}
    return len(found - {""})


def has_name(password: str, sam: str, display: str) -> bool:
    names = [sam, *NAME_DELIMITERS.split(display)]
    return any(len(n) > 2 and n.lower() in password.lower() for n in names)


def is_locked(facts: Facts) -> bool:
    if facts.case.state.lock == "no":
        return False
    lasts = facts.rules.lock
    if lasts is None:
        return True
    return facts.case.state.lock == "now" and lasts > DAY


def is_bound(facts: Facts) -> bool:
    """Whether history and age count (MS-SAMR 3.1.1.7.1; hints: MS-ADTS 3.1.1.3.4.1.27).

    That the hints let the age count too is in Microsoft's notes on the update that
    brought them (KB2386717), and so Samba does it.
    """
    return facts.case.operation is Operation.CHANGE or facts.case.hints


def is_young(facts: Facts) -> bool:
    if facts.set_at is None or not facts.min_age or not is_bound(facts):
        return False
    return facts.now < facts.set_at + facts.min_age


def recipe(facts: Facts) -> str:
    """Say how the password was made, and not what it is."""
    past, password = facts.past, facts.password
    display = facts.case.state.display
    had = past.every.index(password) if password in past.every else None
    return (
        f"{units(password)} units, {kinds(password, 1)} kinds ({kinds(password, 2)} to "
        f"Samba), a name inside: {has_name(password, facts.sam, display)}, "
        f"had before: {had}, stored: {password in past.stored}"
    )


WORDS = {
    "too young to change": Code.TOO_YOUNG,
    "the password is too short": Code.TOO_SHORT,
    "does not meet the complexity criteria": Code.NOT_COMPLEX,
    "the password was already used": Code.IN_HISTORY,
}


def cause_in(words: str) -> Code | None:
    """Read the cause from Samba's words."""
    return next((code for text, code in WORDS.items() if text in words), None)


def refused_by_ad(facts: Facts) -> list[Code]:
    """List what Active Directory refuses, in the order the product names it."""
    found = []
    if is_young(facts):
        found.append(Code.TOO_YOUNG)
    if units(facts.password) > MOST:
        found.append(Code.POLICY)
    if not facts.case.state.flags & 0x20:
        found += _quality(facts, column=1, names=True)
    if _in_history(facts):
        found.append(Code.IN_HISTORY)
    return found


def refused_by_samba(facts: Facts) -> list[Code]:
    """List what Samba 4.24 refuses; each difference has its comment."""
    found = []
    if is_young(facts):
        found.append(Code.TOO_YOUNG)
    # AD exempts PASSWD_NOTREQD from length and complexity (MS-SAMR 3.1.1.7.2), looks
    # for names, and takes 256 characters at most; Samba does none of it.
    found += _quality(facts, column=2, names=False)
    if _in_history(facts):
        found.append(Code.IN_HISTORY)
    return found


def is_left_to_samba(facts: Facts) -> bool:
    """Whether it is Samba's own affair if an old password is refused.

    AD looks at as many old passwords as the policy says (MS-SAMR 3.1.1.7.1). Samba
    looks at all that it still stores, and at Kerberos keys of some more of them.
    """
    if not is_bound(facts) or facts.password not in facts.past.every:
        return False
    return not refused_by_samba(facts)


NAMES = "AD looks for names in a password, Samba does not"
LETTERS = "the kinds of characters outside ASCII"
LENGTH = "AD takes 256 characters at most, Samba more"
NOT_REQUIRED = "AD exempts PASSWD_NOTREQD from length and complexity, Samba does not"
KEPT_OLD = "Samba refuses old passwords beyond the policy's number"


def quirk(facts: Facts) -> str:
    """Name how Samba differs from AD, for a case in which it does."""
    if is_left_to_samba(facts):
        return KEPT_OLD
    if units(facts.password) > MOST:
        return LENGTH
    if facts.case.state.flags & 0x20:
        return NOT_REQUIRED
    named = has_name(facts.password, facts.sam, facts.case.state.display)
    return NAMES if named else LETTERS


def _in_history(facts: Facts) -> bool:
    stored = facts.past.stored[: facts.rules.history]
    return is_bound(facts) and facts.password in stored


def _quality(facts: Facts, *, column: int, names: bool) -> list[Code]:
    found, password, rules = [], facts.password, facts.rules
    if units(password) < rules.length:
        found.append(Code.TOO_SHORT)
    if rules.complexity:
        display = facts.case.state.display
        simple = kinds(password, column) < 3
        if simple or (names and has_name(password, facts.sam, display)):
            found.append(Code.NOT_COMPLEX)
    return found


def resultant(settings: Sequence[Linked], guids: Sequence[bytes]) -> int | None:
    """Say which settings object wins (MS-ADTS 3.1.1.4.5.36), by its place.

    One linked to the user comes before all that are linked to groups; then the least
    precedence; then the least GUID.
    """
    linked = [n for n, each in enumerate(settings) if each.link != "none"]
    own = [n for n in linked if settings[n].link == "user"]
    return min(
        own or linked, key=lambda n: (settings[n].precedence, guids[n]), default=None
    )


def now() -> datetime:
    return datetime.now(UTC)
