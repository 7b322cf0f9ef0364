"""One account and the policy that holds for it: raw attributes to values.

What can not be read is `PolicyUnreadable`, naming the attribute; never a lenient
default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntFlag

Raw = Mapping[str, Sequence[bytes]]

_NEVER_TIME = 0x7FFFFFFFFFFFFFFF
_NEVER_SPAN = -0x8000000000000000
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_COMPLEX = 0x1  # DOMAIN_PASSWORD_COMPLEX in pwdProperties
_BLANK = timedelta(0)


class PolicyUnreadable(Exception):  # noqa: N818 - says what is, not that it is wrong
    """An attribute that a policy or an account needs is missing or malformed."""

    def __init__(self, source: str, attribute: str, rule: str) -> None:
        super().__init__(
            f"{attribute} of {source} {rule}; let the agent's account read it"
        )
        self.source = source
        self.attribute = attribute
        self.rule = rule


class UserFlag(IntFlag):
    """Bits of userAccountControl and of its computed twin (MS-ADTS 2.2.16)."""

    DISABLED = 0x2
    LOCKOUT = 0x10
    PASSWD_NOTREQD = 0x20
    NORMAL_ACCOUNT = 0x200
    DONT_EXPIRE_PASSWD = 0x10000
    PASSWORD_EXPIRED = 0x800000


def from_filetime(value: int) -> datetime | None:
    """Read 100-ns ticks since 1601 (MS-DTYP 2.3.3); None for 0 and for never."""
    if value < 0:
        raise ValueError(f"{value} is before 1601")
    if value in (0, _NEVER_TIME):
        return None
    try:
        return _EPOCH + timedelta(microseconds=value // 10)
    except OverflowError:
        return None  # after the year 9999 is never


def to_filetime(moment: datetime) -> int:
    """Write a moment that knows its zone as 100-ns ticks since 1601."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def from_interval(value: int) -> timedelta | None:
    """Read a span, kept as negative 100-ns ticks; None for never."""
    if value > 0:
        raise ValueError(f"{value} is positive; spans are kept negative")
    return None if value == _NEVER_SPAN else timedelta(microseconds=-value // 10)


def span_words(span: timedelta) -> str:
    """Say a span as an administrator would: 1 day 2 hours."""
    minutes = int(span.total_seconds() // 60)
    parts = (
        (minutes // 1440, "day"),
        (minutes // 60 % 24, "hour"),
        (minutes % 60, "minute"),
    )
    said = [
        f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count
    ]
    return " ".join(said) or "less than a minute"


class _Reader:
    """Reads single values of one object and names the one that fails."""

    def __init__(self, source: str, raw: Raw) -> None:
        self.source, self.raw = source, raw

    def text(self, name: str) -> str | None:
        values = self.raw.get(name)
        if not values:
            return None
        try:
            return bytes(values[0]).decode("utf-8")
        except UnicodeDecodeError as error:
            raise PolicyUnreadable(self.source, name, "is not UTF-8") from error

    def number(self, name: str) -> int:
        found = self.optional(name)
        if found is None:
            raise PolicyUnreadable(self.source, name, "is missing or hidden")
        return found

    def optional(self, name: str) -> int | None:
        text = self.text(name)
        try:
            return None if text is None else int(text)
        except ValueError as error:
            raise PolicyUnreadable(self.source, name, "is no number") from error

    def count(self, name: str) -> int:
        found = self.number(name)
        if found < 0:
            raise PolicyUnreadable(self.source, name, "is negative")
        return found

    def span(self, name: str) -> timedelta | None:
        try:
            return from_interval(self.number(name))
        except ValueError as error:
            raise PolicyUnreadable(self.source, name, "is no span of time") from error

    def moment(self, name: str, ticks: int) -> datetime | None:
        try:
            return from_filetime(ticks)
        except ValueError as error:
            raise PolicyUnreadable(self.source, name, "is no moment") from error

    def flag(self, name: str) -> bool:
        text = self.text(name)
        if text not in ("TRUE", "FALSE"):  # RFC 4517 3.3.3
            rule = "is missing or hidden" if text is None else "is not TRUE or FALSE"
            raise PolicyUnreadable(self.source, name, rule)
        return text == "TRUE"


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The rules for one user's password.

    Attributes:
        source: the DN of the object that sets them.
        min_length: in UTF-16 code units.
        complexity: three of five kinds of character, no name inside.
        history: how many old passwords are refused.
        min_age: how long a password must be kept.
        max_age: when it expires; None: never.
        lockout_threshold: wrong passwords until locked; 0: never locked.
        lockout_duration: how long; None: until someone unlocks.

    """

    source: str
    min_length: int
    complexity: bool
    history: int
    min_age: timedelta
    max_age: timedelta | None
    lockout_threshold: int
    lockout_duration: timedelta | None


def from_pso(source: str, raw: Raw) -> PasswordPolicy:
    """Read a password settings object (MS-ADTS 3.1.1.4.5.36)."""
    read = _Reader(source, raw)
    return PasswordPolicy(
        source=source,
        min_length=read.count("msDS-MinimumPasswordLength"),
        complexity=read.flag("msDS-PasswordComplexityEnabled"),
        history=read.count("msDS-PasswordHistoryLength"),
        min_age=read.span("msDS-MinimumPasswordAge") or _BLANK,
        max_age=read.span("msDS-MaximumPasswordAge") or None,
        lockout_threshold=read.count("msDS-LockoutThreshold"),
        lockout_duration=read.span("msDS-LockoutDuration") or None,
    )


def from_domain(source: str, raw: Raw) -> PasswordPolicy:
    """Read the head of the domain, for users without a PSO (MS-SAMR 3.1.1.5)."""
    read = _Reader(source, raw)
    return PasswordPolicy(
        source=source,
        min_length=read.count("minPwdLength"),
        complexity=bool(read.number("pwdProperties") & _COMPLEX),
        history=read.count("pwdHistoryLength"),
        min_age=read.span("minPwdAge") or _BLANK,
        max_age=read.span("maxPwdAge") or None,
        lockout_threshold=read.count("lockoutThreshold"),
        lockout_duration=read.span("lockoutDuration") or None,
    )


@dataclass(frozen=True, slots=True)
class Account:
    """The state of one user's account.

    Attributes:
        sam: sAMAccountName.
        flags: userAccountControl.
        computed: msDS-User-Account-Control-Computed; None when not read.
        pwd_last_set: None: must be changed at the next sign-in.
        lockout_time: None: not locked since the last unlock.
        account_expires: None: never.
        admin_count: adminCount is set.
        display_name: empty when there is none.

    """

    sam: str
    flags: int
    pwd_last_set: datetime | None
    computed: int | None = None
    lockout_time: datetime | None = None
    account_expires: datetime | None = None
    admin_count: bool = False
    display_name: str = ""

    @property
    def disabled(self) -> bool:
        """Whether nobody can sign in with it."""
        return bool(self.flags & UserFlag.DISABLED)

    @property
    def never_expires(self) -> bool:
        """Whether its password never expires; must-change has no effect then."""
        return bool(self.flags & UserFlag.DONT_EXPIRE_PASSWD)

    @property
    def must_change(self) -> bool:
        """Whether the password has to be changed at the next sign-in."""
        return self.pwd_last_set is None and not self.never_expires

    def expired(self, now: datetime) -> bool:
        """Whether the account's own time is over."""
        return self.account_expires is not None and self.account_expires <= now

    def locked(self, now: datetime, policy: PasswordPolicy | None) -> bool:
        """Whether wrong passwords locked it; the controller's word counts first."""
        if self.computed is not None:
            return bool(self.computed & UserFlag.LOCKOUT)
        if self.lockout_time is None:
            return False
        if policy is None or policy.lockout_duration is None:
            return True
        return now < self.lockout_time + policy.lockout_duration


def account_from(source: str, raw: Raw) -> Account:
    """Read a user's attributes (MS-ADA1 to MS-ADA3)."""
    read = _Reader(source, raw)
    sam = read.text("sAMAccountName")
    if not sam:
        raise PolicyUnreadable(source, "sAMAccountName", "is missing or hidden")
    return Account(
        sam=sam,
        flags=read.number("userAccountControl"),
        pwd_last_set=read.moment("pwdLastSet", read.number("pwdLastSet")),
        computed=read.optional("msDS-User-Account-Control-Computed"),
        lockout_time=read.moment("lockoutTime", read.optional("lockoutTime") or 0),
        account_expires=read.moment(
            "accountExpires", read.optional("accountExpires") or 0
        ),
        admin_count=bool(read.optional("adminCount")),
        display_name=read.text("displayName") or "",
    )
