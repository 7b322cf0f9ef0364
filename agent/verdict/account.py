"""The state of one user's account, from raw attributes.

What can not be read is `AttributeUnreadable`, naming the attribute; never a lenient
default.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag

from agent.verdict.attributes import AttributeReader, AttributeUnreadable, Raw
from agent.verdict.password_policy import PasswordPolicy
from wire.text import Text


class UserFlag(IntFlag):
    """Bits of userAccountControl and of its computed twin (MS-ADTS 2.2.16)."""

    DISABLED = 0x2
    LOCKOUT = 0x10
    PASSWD_NOTREQD = 0x20
    ENCRYPTED_TEXT_PASSWORD_ALLOWED = 0x80
    NORMAL_ACCOUNT = 0x200
    DONT_EXPIRE_PASSWD = 0x10000
    TRUSTED_FOR_DELEGATION = 0x80000
    DONT_REQUIRE_PREAUTH = 0x400000
    PASSWORD_EXPIRED = 0x800000
    TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION = 0x1000000


@dataclass(frozen=True, slots=True)
class Account:
    """The state of one user's account.

    `flags` is userAccountControl, `computed` msDS-User-Account-Control-Computed where
    it was read. None: `pwd_last_set` must be changed at the next sign-in;
    `lockout_time` not locked since the last unlock; `account_expires` never.
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
    read = AttributeReader(source, raw)
    sam = read.text("sAMAccountName")
    if not sam:
        raise AttributeUnreadable(
            source, "sAMAccountName", Text("is missing or hidden")
        )
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
