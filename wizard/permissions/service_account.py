"""The state of the agent's own account: its dates and its options, judged.

Pure: values in, findings out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.config.scope_containers import ScopeContainers
from agent.ldap.entry import Entry
from agent.verdict.account import UserFlag
from agent.verdict.attributes import from_filetime
from wire.text import Text, TextAttribute, moment, plural, verbatim
from wizard.permissions.findings import Finding, Level, hidden, not_known

_OLD = timedelta(days=365)
_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What was read of the account, by `ATTRIBUTES`; None is hidden, or no number.

    The two ends are accountExpires and msDS-UserPasswordExpiryTimeComputed; they and
    pwdLastSet are as the directory counts (FILETIME). `names` are its SPNs.
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
            flags=entry.number("userAccountControl"),
            computed=entry.number("msDS-User-Account-Control-Computed"),
            pwd_last_set=entry.number("pwdLastSet"),
            password_ends=entry.number("msDS-UserPasswordExpiryTimeComputed"),
            account_ends=entry.number("accountExpires"),
            names=_service_names(entry),
        )


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
        return not_known(what, Text("whether it expires"), hidden("accountExpires"))
    ends = _moment(account.account_ends)
    if ends is None:
        return Finding(what, Level.OK, "It never expires")
    left, shown_by = ends - now, _at("accountExpires", ends)
    titles = Text("It has expired"), Text("It expires in {days}", days=_days(left))
    remedy = Text("Set a later end, or none, or no password can be written then.")
    return _ends(what, titles, left, shown_by, remedy)


def _ends(
    what: str, titles: tuple[Text, Text], left: timedelta, shown_by: Text, remedy: Text
) -> Finding:
    ended, ends = titles
    if left <= timedelta(0):
        return Finding(what, Level.PROBLEM, ended, shown_by, remedy)
    level = Level.WARNING if left <= _SOON else Level.INFO
    return Finding(what, level, ends, shown_by, remedy)


def _at(attribute: str, when: datetime) -> Text:
    at = moment(when, zone=True)
    return Text("{attribute} is {value}", attribute=attribute, value=at)


def _days(span: timedelta) -> Text:
    return plural("{count} day", "{count} days", span.days)


def _password_age(account: ServiceAccount, now: datetime) -> Finding:
    what, ticks = "password/age", account.pwd_last_set
    if ticks is None or ticks < 0:
        return not_known(what, Text("how old its password is"), hidden("pwdLastSet"))
    set_at = _moment(ticks)
    if set_at is None:
        return Finding(
            what,
            Level.PROBLEM,
            "Its password must be changed at the next sign-in",
            Text("{attribute} is {value}", attribute="pwdLastSet", value=str(ticks)),
            "Set a password without asking for another one, and give it to the agent.",
        )
    age, shown_by = now - set_at, _at("pwdLastSet", set_at)
    title = Text("Its password is {days} old", days=_days(max(age, age * 0)))
    if age < _OLD:
        return Finding(what, Level.OK, title, shown_by)
    remedy = Text("Set a new one, and give it to the agent.")
    return Finding(what, Level.WARNING, title, shown_by, remedy)


def _password_ends(account: ServiceAccount, now: datetime) -> Finding:
    what, attribute = "password/expires", "msDS-UserPasswordExpiryTimeComputed"
    if account.flags is not None and account.flags & UserFlag.DONT_EXPIRE_PASSWD:
        title = Text("Its password never expires")
        shown_by = _has("userAccountControl", UserFlag.DONT_EXPIRE_PASSWD)
        remedy = Text("Set a new one at times: nothing else asks for it.")
        return Finding(what, Level.INFO, title, shown_by, remedy)
    if account.password_ends is None or account.password_ends < 0:
        return not_known(what, Text("when its password expires"), hidden(attribute))
    ended = Text("Its password has expired")
    remedy = Text(
        "Set a new password in time and give it to the agent, or let it not expire."
    )
    ends = _moment(account.password_ends)
    if ends is None:
        # 0 is said of a password that must be changed, as if it had expired
        if account.password_ends == 0:
            zero = Text("{attribute} is {value}", attribute=attribute, value="0")
            return Finding(what, Level.PROBLEM, ended, zero, remedy)
        title = Text("Its password never expires by the policy")
        never = Text("{attribute} is never", attribute=attribute)
        return Finding(what, Level.INFO, title, never)
    left = ends - now
    titles = ended, Text("Its password expires in {days}", days=_days(left))
    return _ends(what, titles, left, _at(attribute, ends), remedy)


def _service(account: ServiceAccount) -> Finding:
    what, attribute = "account/service_names", "servicePrincipalName"
    if account.names is None:
        return not_known(what, Text("whether it has service names"), hidden(attribute))
    if not account.names:
        return Finding(what, Level.OK, "It has no service names")
    return Finding(
        what,
        Level.WARNING,
        "It has service names: anybody may ask for a ticket to guess its password by",
        verbatim(f"{attribute} = {'; '.join(account.names)}"),
        "Remove them: the agent needs none.",
    )


def _has(attribute: str, flag: UserFlag) -> Text:
    return Text("{attribute} has {flag}", attribute=attribute, flag=str(flag.name))


@dataclass(frozen=True)
class _Option:
    what: str
    flag: UserFlag
    level: Level
    whether: TextAttribute = TextAttribute()
    on: TextAttribute = TextAttribute()
    off: TextAttribute = TextAttribute()
    remedy: TextAttribute = TextAttribute()


_LOCKED = _Option(
    "account/locked",
    UserFlag.LOCKOUT,
    Level.PROBLEM,
    "whether it is locked",
    "It is locked",
    "It is not locked",
    "Unlock it, and find who tries wrong passwords.",
)
_OPTIONS = (
    _Option(
        "account/disabled",
        UserFlag.DISABLED,
        Level.PROBLEM,
        "whether it is disabled: the agent can't sign in",
        "It is disabled: the agent can't sign in",
        "It is not disabled",
        "Enable it.",
    ),
    _Option(
        "account/password_not_required",
        UserFlag.PASSWD_NOTREQD,
        Level.WARNING,
        "whether it may have an empty password",
        "It may have an empty password",
        "It must have a password",
        "Clear the option 'password not required'.",
    ),
    _Option(
        "account/reversible",
        UserFlag.ENCRYPTED_TEXT_PASSWORD_ALLOWED,
        Level.WARNING,
        "whether its password is kept so that it can be read again",
        "Its password is kept so that it can be read again",
        "Its password is not kept readable",
        "Clear 'store password using reversible encryption', then set a new one.",
    ),
    _Option(
        "account/delegation",
        UserFlag.TRUSTED_FOR_DELEGATION,
        Level.PROBLEM,
        "whether it may act as anybody who signs in to it (unconstrained delegation)",
        "It may act as anybody who signs in to it (unconstrained delegation)",
        "It has no unconstrained delegation",
        "Clear 'trust this user for delegation': the agent needs none.",
    ),
    _Option(
        "account/protocol_transition",
        UserFlag.TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION,
        Level.WARNING,
        "whether it may act as anybody towards some services (protocol transition)",
        "It may act as anybody towards some services (protocol transition)",
        "It has no protocol transition",
        "Clear 'trust this user for delegation': the agent needs none.",
    ),
    _Option(
        "account/no_preauthentication",
        UserFlag.DONT_REQUIRE_PREAUTH,
        Level.PROBLEM,
        "whether anybody may get something to guess its password by, "
        "without signing in",
        "Anybody may get something to guess its password by, without signing in",
        "It asks for Kerberos pre-authentication",
        "Clear 'do not require Kerberos preauthentication'.",
    ),
)


def _option(option: _Option, flags: int | None, attribute: str) -> Finding:
    if flags is None:
        return not_known(option.what, option.whether, hidden(attribute))
    if not flags & option.flag:
        return Finding(option.what, Level.OK, option.off)
    shown_by = _has(attribute, option.flag)
    return Finding(option.what, option.level, option.on, shown_by, option.remedy)


def of_place(dn: str, containers: ScopeContainers) -> Finding:
    """Tell whether the account lies in the scope, where its own grants reach it."""
    what, deciding = "account/in_scope", containers.deciding(dn)
    if deciding is None:
        return Finding(what, Level.OK, "It lies outside the scope")
    title = Text("It lies inside the scope; no portal may reset it all the same")
    if not deciding.included:
        title = Text("It lies in an excluded container, below one of the scope")
    return Finding(
        what,
        Level.INFO,
        title,
        dn,
        "Move it to a container outside the scope: its own grants reach it there.",
    )
