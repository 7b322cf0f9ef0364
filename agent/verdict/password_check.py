"""What the password policy says to a new password, before and after the directory.

Nothing here depends on the text of a directory's refusal: Active Directory's does
not name the cause.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.verdict.account import Account, UserFlag
from agent.verdict.attributes import span_words
from agent.verdict.password_policy import PasswordPolicy
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import Text, moment, verbatim

LONGEST = 256  # UTF-16 code units (MS-SAMR 3.1.1.7.2, maximum password length)
_SPECIAL = frozenset("~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/")
_NAME_BREAKS = re.compile(r"[ \t,.\-_#]+")


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """One thing the policy says about a new password.

    `detail` is for the administrator, never the password. What does not block is good
    to know, the directory decides. `earliest` comes with too young, `minimum` with too
    short.
    """

    code: Code
    detail: Text
    blocks: bool = True
    earliest: datetime | None = None
    minimum: int | None = None


def earliest(
    policy: PasswordPolicy, account: Account, operation: Operation, *, hints: bool
) -> datetime | None:
    """Say from when on the minimum age lets a password be set; None: any time.

    A reset is bound only when the policy hints are sent with it; an account that
    must change its password is free to, and so is one that is no user's (MS-SAMR
    3.1.1.7.1, minimum password age constraint).
    """
    bound = hints or operation is Operation.CHANGE
    normal = account.flags & UserFlag.NORMAL_ACCOUNT
    if account.pwd_last_set is None or not (bound and normal):
        return None
    return account.pwd_last_set + policy.min_age if policy.min_age else None


def judge(
    policy: PasswordPolicy | None,
    account: Account,
    password: str,
    *,
    now: datetime,
    operation: Operation,
    hints: bool,
    cannot_change: bool = False,
) -> tuple[PolicyFinding, ...]:
    """Say what is known to be wrong before the directory is asked, at `now` in UTC.

    `policy` is None when it can not be read; `hints`: they go with a reset;
    `cannot_change`: an entry denies the user to change the password.
    """
    findings = _cannot_change(operation, denied=cannot_change)
    if operation is Operation.CHANGE and account.locked(now, policy):
        findings.append(
            PolicyFinding(Code.ACCOUNT_LOCKED, Text("the account is locked"))
        )
    if policy is None:
        hidden = Text("the policy that holds for the person can't be read")
        unknown = PolicyFinding(Code.POLICY, hidden, blocks=False)
        return (*findings, *_too_long(password), unknown)
    since = earliest(policy, account, operation, hints=hints)
    findings += _too_young(policy, account, now, since)
    findings += _too_long(password) or _too_short(policy, account, password)
    findings += _complexity(policy, account, password)
    if policy.history and (operation is Operation.CHANGE or hints):
        detail = Text(
            "the last {history} passwords are refused; only the directory knows them",
            history=policy.history,
        )
        findings.append(PolicyFinding(Code.IN_HISTORY, detail, blocks=False))
    return tuple(findings)


def _cannot_change(operation: Operation, *, denied: bool) -> list[PolicyFinding]:
    if not denied:
        return []
    if operation is Operation.CHANGE:
        detail = Text('the person is set to "user cannot change password"')
        return [PolicyFinding(Code.CANNOT_CHANGE, detail)]
    detail = Text(
        'the person is set to "user cannot change password"; a reset is not bound by it'
    )
    return [PolicyFinding(Code.CANNOT_CHANGE, detail, blocks=False)]


def _too_young(
    policy: PasswordPolicy, account: Account, now: datetime, since: datetime | None
) -> list[PolicyFinding]:
    if since is None or now >= since or account.pwd_last_set is None:
        return []
    detail = Text(
        "pwdLastSet is {moment} UTC and {policy} asks for an age of {age}",
        moment=moment(account.pwd_last_set, seconds=True),
        policy=policy.source,
        age=span_words(policy.min_age),
    )
    return [PolicyFinding(Code.TOO_YOUNG, detail, earliest=since)]


def units(password: str) -> int:
    """Count as the directory does: UTF-16 code units (MS-SAMR 3.1.1.7.2)."""
    return len(password.encode("utf-16-le", "surrogatepass")) // 2


def _exempt(account: Account) -> bool:
    """Length and complexity hold for normal accounts that need a password."""
    return not account.flags & UserFlag.NORMAL_ACCOUNT or bool(
        account.flags & UserFlag.PASSWD_NOTREQD
    )


def _too_long(password: str) -> list[PolicyFinding]:
    if units(password) <= LONGEST:
        return []
    detail = Text("the password is longer than {most} characters", most=LONGEST)
    return [PolicyFinding(Code.POLICY, detail)]


def _too_short(
    policy: PasswordPolicy, account: Account, password: str
) -> list[PolicyFinding]:
    if units(password) >= policy.min_length or _exempt(account):
        return []
    source, least = policy.source, policy.min_length
    detail = Text("{policy} asks for {least} characters", policy=source, least=least)
    return [PolicyFinding(Code.TOO_SHORT, detail, minimum=least)]


def _complexity(
    policy: PasswordPolicy, account: Account, password: str
) -> list[PolicyFinding]:
    if not policy.complexity or _exempt(account):
        return []
    findings = []
    if kinds(password) < 3:
        detail = Text(
            "{policy} asks for three of five kinds of character", policy=policy.source
        )
        findings.append(PolicyFinding(Code.NOT_COMPLEX, detail))
    if name := name_inside(account, password):
        detail = Text("the password contains {name}", name=name)
        findings.append(PolicyFinding(Code.NOT_COMPLEX, detail))
    return findings


def kinds(password: str) -> int:
    """Count the kinds of character: upper, lower, digit, special, other letters.

    Upper and lower are those of any alphabet that has both; letters of the others
    are a kind of their own. Signs outside the list, such as a currency's, count as
    nothing, as in the directory's rule "must meet complexity requirements".
    """
    return len({_kind(char) for char in password} - {None})


def _kind(char: str) -> str | None:
    if char in "0123456789":
        return "digit"
    if char in _SPECIAL:
        return "special"
    if char.isupper():
        return "upper"
    if char.islower():
        return "lower"
    return "letter" if char.isalpha() else None


def name_inside(account: Account, password: str) -> Text | None:
    """Name the attribute whose text is inside the password, if any.

    sAMAccountName counts whole, displayName by its parts; what has fewer than three
    characters does not count (MS-SAMR 3.1.1.7.2).
    """
    lowered = password.lower()
    if units(account.sam) >= 3 and account.sam.lower() in lowered:
        return verbatim("sAMAccountName")
    parts = _NAME_BREAKS.split(account.display_name)
    if any(units(part) >= 3 and part.lower() in lowered for part in parts):
        return Text("a part of displayName")
    return None


def remaining_cause(
    policy: PasswordPolicy | None,
    findings: Sequence[PolicyFinding],
    *,
    operation: Operation,
    hints: bool,
) -> PolicyFinding:
    """Name the likely cause after the directory refused a password (0000052D).

    By elimination: what was found before, else the history, else a filter. The
    directory's own text is not used; Active Directory's does not name the cause.
    """
    for finding in findings:
        if finding.blocks:
            return finding
    if policy is None:
        detail = Text(
            "the policy could not be read, so the cause can not be narrowed down"
        )
        return PolicyFinding(Code.POLICY, detail)
    if policy.history and (operation is Operation.CHANGE or hints):
        detail = Text(
            "every rule that can be read is met; of the rest, the history of "
            "{history} passwords is likelier than a password filter",
            history=policy.history,
        )
        return PolicyFinding(Code.IN_HISTORY, detail)
    detail = Text(
        "every rule that can be read is met: a password filter is the likely cause"
    )
    return PolicyFinding(Code.POLICY, detail)
