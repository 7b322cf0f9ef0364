"""The state of the agent's own account: its dates and its options, judged.

Pure: values in, findings out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.ldap.entry import Entry
from agent.verdict.account import UserFlag
from agent.verdict.attributes import from_filetime
from wizard.permissions.findings import Finding, Level, not_known

_OLD = timedelta(days=365)
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What was read of the account; None is hidden, or no number.

    Attributes:
        dn: its own.
        flags: userAccountControl.
        computed: msDS-User-Account-Control-Computed.
        pwd_last_set: as the directory counts.
        password_ends: msDS-UserPasswordExpiryTimeComputed.
        account_ends: accountExpires.
        names: servicePrincipalName.

    """

    dn: str
    flags: int | None
    computed: int | None
    pwd_last_set: int | None
    password_ends: int | None
    account_ends: int | None
    names: tuple[str, ...] | None

    ATTRIBUTES = (
        *("objectClass", "objectSid", "userAccountControl"),
        *("msDS-User-Account-Control-Computed", "pwdLastSet", "accountExpires"),
        *("msDS-UserPasswordExpiryTimeComputed", "servicePrincipalName"),
    )

    @classmethod
    def of(cls, entry: Entry) -> "ServiceAccount":
        """Read it from an entry that was searched with `ATTRIBUTES`."""
        return cls(
            dn=entry.dn,
            flags=_number(entry, "userAccountControl"),
            computed=_number(entry, "msDS-User-Account-Control-Computed"),
            pwd_last_set=_number(entry, "pwdLastSet"),
            password_ends=_number(entry, "msDS-UserPasswordExpiryTimeComputed"),
            account_ends=_number(entry, "accountExpires"),
            names=_service_names(entry),
        )


def _number(entry: Entry, name: str) -> int | None:
    try:
        return entry.number(name)
    except ValueError:
        return None


def _service_names(entry: Entry) -> tuple[str, ...] | None:
    """Read the SPNs; an account without one looks as one that hides them.

    objectClass is in the same property set (Public Information, MS-ADTS
    3.1.1.2.3.3), so that who reads the one reads the other.
    """
    return entry.texts("servicePrincipalName") if entry.raw("objectClass") else None


def of_state(account: ServiceAccount, now: datetime) -> Iterator[Finding]:
    """Judge the account's own state: its dates, then its options."""
    yield _option(_LOCKED, account.computed, "msDS-User-Account-Control-Computed")
    yield _account_ends(account, now)
    yield _password_age(account, now)
    yield _password_ends(account, now)
    yield _service(account)
    for option in _OPTIONS:
        yield _option(option, account.flags, "userAccountControl")


def _moment(ticks: int | None) -> datetime | None:
    try:
        return None if ticks is None else from_filetime(ticks)
    except ValueError:
        return None


def _account_ends(account: ServiceAccount, now: datetime) -> Finding:
    what = "account/expires"
    if account.account_ends is None or account.account_ends < 0:
        return not_known(what, "whether it expires", "accountExpires is hidden")
    ends = _moment(account.account_ends)
    if ends is None:
        return Finding(what, Level.OK, "It never expires")
    shown_by = f"accountExpires is {ends:%Y-%m-%d %H:%M} UTC"
    remedy = "Set a later end, or none, or no password can be written then."
    return _ends(what, "It", ends - now, shown_by, remedy)


def _ends(what: str, who: str, left: timedelta, shown_by: str, remedy: str) -> Finding:
    if left <= timedelta(0):
        return Finding(what, Level.PROBLEM, f"{who} has expired", shown_by, remedy)
    level = Level.WARNING if left <= _SOON else Level.INFO
    return Finding(what, level, f"{who} expires in {_days(left)}", shown_by, remedy)


def _days(span: timedelta) -> str:
    return "1 day" if span.days == 1 else f"{span.days} days"


def _password_age(account: ServiceAccount, now: datetime) -> Finding:
    what, ticks = "password/age", account.pwd_last_set
    if ticks is None or ticks < 0:
        return not_known(what, "how old its password is", "pwdLastSet is hidden")
    set_at = _moment(ticks)
    if set_at is None:
        return Finding(
            what,
            Level.PROBLEM,
            "Its password must be changed at the next sign-in",
            f"pwdLastSet is {ticks}",
            "Set a password without asking for another one, and give it to the agent.",
        )
    age, shown_by = now - set_at, f"pwdLastSet is {set_at:%Y-%m-%d %H:%M} UTC"
    if age < _OLD:
        return Finding(
            what, Level.OK, f"Its password is {_days(max(age, age * 0))} old", shown_by
        )
    remedy = "Set a new one, and give it to the agent."
    text = f"Its password is {_days(age)} old"
    return Finding(what, Level.WARNING, text, shown_by, remedy)


def _password_ends(account: ServiceAccount, now: datetime) -> Finding:
    what = "password/expires"
    if account.flags is not None and account.flags & UserFlag.DONT_EXPIRE_PASSWD:
        return Finding(
            what,
            Level.INFO,
            "Its password never expires",
            "userAccountControl has DONT_EXPIRE_PASSWD",
            "Set a new one at times: nothing else asks for it.",
        )
    if account.password_ends is None or account.password_ends < 0:
        hidden = "msDS-UserPasswordExpiryTimeComputed is hidden"
        return not_known(what, "when its password expires", hidden)
    remedy = (
        "Set a new password in time and give it to the agent, or let it not expire."
    )
    ends = _moment(account.password_ends)
    if ends is None:
        # 0 is said of a password that must be changed, as if it had expired
        if account.password_ends == 0:
            shown_by = "msDS-UserPasswordExpiryTimeComputed is 0"
            return Finding(
                what, Level.PROBLEM, "Its password has expired", shown_by, remedy
            )
        return Finding(
            what,
            Level.INFO,
            "Its password never expires by the policy",
            "msDS-UserPasswordExpiryTimeComputed is never",
        )
    shown_by = f"msDS-UserPasswordExpiryTimeComputed is {ends:%Y-%m-%d %H:%M} UTC"
    return _ends(what, "Its password", ends - now, shown_by, remedy)


def _service(account: ServiceAccount) -> Finding:
    what = "account/service_names"
    if account.names is None:
        hidden = "servicePrincipalName is hidden"
        return not_known(what, "whether it has service names", hidden)
    if not account.names:
        return Finding(what, Level.OK, "It has no service names")
    return Finding(
        what,
        Level.WARNING,
        "It has service names: anybody may ask for a ticket to guess its password by",
        f"servicePrincipalName = {'; '.join(account.names)}",
        "Remove them: the agent needs none.",
    )


@dataclass(frozen=True, slots=True)
class _Option:
    what: str
    flag: UserFlag
    level: Level
    on: str
    off: str
    remedy: str


_LOCKED = _Option(
    "account/locked",
    UserFlag.LOCKOUT,
    Level.PROBLEM,
    "It is locked",
    "It is not locked",
    "Unlock it, and find who tries wrong passwords.",
)
_OPTIONS = (
    _Option(
        "account/disabled",
        UserFlag.DISABLED,
        Level.PROBLEM,
        "It is disabled: the agent can't sign in",
        "It is not disabled",
        "Enable it.",
    ),
    _Option(
        "account/password_not_required",
        UserFlag.PASSWD_NOTREQD,
        Level.WARNING,
        "It may have an empty password",
        "It must have a password",
        "Clear the option 'password not required'.",
    ),
    _Option(
        "account/reversible",
        UserFlag.ENCRYPTED_TEXT_PASSWORD_ALLOWED,
        Level.WARNING,
        "Its password is kept so that it can be read again",
        "Its password is not kept readable",
        "Clear 'store password using reversible encryption', then set a new one.",
    ),
    _Option(
        "account/delegation",
        UserFlag.TRUSTED_FOR_DELEGATION,
        Level.PROBLEM,
        "It may act as anybody who signs in to it (unconstrained delegation)",
        "It has no unconstrained delegation",
        "Clear 'trust this user for delegation': the agent needs none.",
    ),
    _Option(
        "account/protocol_transition",
        UserFlag.TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION,
        Level.WARNING,
        "It may act as anybody towards some services (protocol transition)",
        "It has no protocol transition",
        "Clear 'trust this user for delegation': the agent needs none.",
    ),
    _Option(
        "account/no_preauthentication",
        UserFlag.DONT_REQUIRE_PREAUTH,
        Level.PROBLEM,
        "Anybody may get something to guess its password by, without signing in",
        "It asks for Kerberos pre-authentication",
        "Clear 'do not require Kerberos preauthentication'.",
    ),
)


def _option(option: _Option, flags: int | None, attribute: str) -> Finding:
    if flags is None:
        about = f"whether {option.on[:1].lower()}{option.on[1:]}"
        return not_known(option.what, about, f"{attribute} is hidden")
    if not flags & option.flag:
        return Finding(option.what, Level.OK, option.off)
    shown_by = f"{attribute} has {option.flag.name}"
    return Finding(option.what, option.level, option.on, shown_by, option.remedy)
