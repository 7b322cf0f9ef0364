"""Would a reset of this user work, and if not, why and until when.

Pure: everything is read before. One answer for each thing an agent may be asked to
do, with one cause, what shows it, and one remedy. What can not be read makes the
answer "unknown", never "yes".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.acl.access_check import Decision, Reason
from agent.acl.ace_text import words
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import HIDDEN, Unreadable, read
from agent.acl.rights import INET_ORG_PERSON, Right
from agent.acl.sid import Sid
from agent.verdict.account import UserFlag
from agent.verdict.attributes import span_words
from agent.verdict.causes import CAUSES, Cause
from agent.verdict.effective_rights import cannot_change, held, undecided_change
from agent.verdict.password_check import earliest
from agent.verdict.subject import JUDGED, Subject
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import EMPTY, Text, moment

RIGHTS = {
    Operation.RESET: Right.RESET_PASSWORD,
    Operation.CHANGE: Right.CHANGE_PASSWORD,
    Operation.UNLOCK: Right.WRITE_LOCKOUT_TIME,
    Operation.MUST_CHANGE: Right.WRITE_PWD_LAST_SET,
}

# what has to be seen, present or not, before anything is done to a user
_NEEDED = (
    *("objectSid", "primaryGroupID", "memberOf", "adminCount", "accountExpires"),
    "servicePrincipalName",
)
_FOREST_UNSEEN = Text(
    "tokenGroups is not readable (hidden, or no global catalog answers), so groups "
    "of the forest's other domains can't be seen"
)
LET_READ = Text("Let the service account read the person's attributes.")
_YES = OperationVerdict(State.YES, Code.OK, Cause.NONE)
_Name = Callable[[Sid], str]


@dataclass(frozen=True, slots=True)
class _Case:
    """A subject with its descriptor read, and how to judge and name things."""

    subject: Subject
    descriptor: SecurityDescriptor | Unreadable
    name_of: _Name

    @property
    def protected(self) -> bool:
        """Whether the user is seen to inherit nothing."""
        descriptor = self.descriptor
        return not isinstance(descriptor, Unreadable) and descriptor.protected


def judge(
    subject: Subject,
    operations: frozenset[Operation] = frozenset(JUDGED),
    name_of: _Name = str,
) -> Verdict:
    """Answer for one user, as of when they were read.

    `operations` are those that the settings allow; `name_of` says how a SID is called.
    """
    case = _Case(subject, read(subject.descriptor), name_of)
    shared = _stops_everything(case)
    answers = {
        op: (shared or _answer(case, op)) if op in operations else _off(op)
        for op in JUDGED
    }
    return Verdict(
        subject.dn,
        subject.guid,
        answers[Operation.RESET],
        answers[Operation.CHANGE],
        answers[Operation.UNLOCK],
        answers[Operation.MUST_CHANGE],
        _notes(case),
    )


def judge_operation(subject: Subject, operation: Operation) -> OperationVerdict:
    """Answer for one user and one thing to do, which the settings allow."""
    return judge(subject, frozenset({operation})).of(operation)


def hidden(dn: str, shown_by: Text) -> Verdict:
    """Answer for somebody of whom not even the objectGUID can be read."""
    answer = _unknown(Cause.HIDDEN, shown_by)
    return Verdict(dn, UUID(int=0), answer, answer, answer, answer)


def _off(operation: Operation) -> OperationVerdict:
    name = operation.value
    shown_by = Text("{operation} is switched off in the settings", operation=name)
    return _no(Cause.SWITCHED_OFF, shown_by)


def _no(
    cause: Cause, shown_by: Text, until: datetime | None = None
) -> OperationVerdict:
    text = CAUSES[cause]
    return OperationVerdict(State.NO, text.code, cause, shown_by, text.remedy, until)


def _unknown(cause: Cause, shown_by: Text, remedy: Text = EMPTY) -> OperationVerdict:
    text = CAUSES[cause]
    return OperationVerdict(
        State.UNKNOWN, text.code, cause, shown_by, remedy or text.remedy
    )


def _stops_everything(case: _Case) -> OperationVerdict | None:
    """Find what stops every operation on this user, the strongest cause first."""
    subject = case.subject
    if excluded := _excluded(subject):
        return excluded
    if shown_by := _protection(case):
        return _no(Cause.PROTECTED, shown_by)
    if shown_by := subject.service_account:
        return _no(Cause.SERVICE_ACCOUNT, shown_by)
    if subject.account is None:
        return None  # a right that is missing may be the reason for that too
    if not subject.account.flags & UserFlag.NORMAL_ACCOUNT:
        shown_by = Text("userAccountControl lacks NORMAL_ACCOUNT: a trust or a machine")
        return _no(Cause.SERVICE_ACCOUNT, shown_by)
    if subject.account.disabled:
        return _no(Cause.DISABLED, Text("userAccountControl has ACCOUNTDISABLE"))
    ends = subject.account.account_expires
    if ends is not None and subject.account.expired(subject.read_at):
        at = moment(ends)
        ended = Text("accountExpires is {moment} UTC", moment=at)
        return _no(Cause.EXPIRED, ended)
    return None


def _excluded(subject: Subject) -> OperationVerdict | None:
    """Find what keeps the agent from a user whatever the permissions are.

    Its own account is known by its SID, which is in its token, however it is named.
    """
    if subject.object_sid in subject.agent_sids:
        shown_by = Text("objectSid is {sid}", sid=str(subject.object_sid))
        return _no(Cause.OWN_ACCOUNT, shown_by)
    if not subject.in_scope:
        shown_by = subject.why_not_in_scope or Text("outside the scope")
        return _no(Cause.OUTSIDE, shown_by)
    if subject.denied_by:
        return _no(Cause.DENY_LIST, subject.denied_by)
    return None


def _protection(case: _Case) -> Text:
    """Say what shows that AdminSDHolder protects the user; empty when it does not."""
    account = case.subject.account
    if case.subject.protected_group:
        return Text("a member of {group}", group=case.subject.protected_group)
    if account is not None and account.admin_count and case.protected:
        return Text("adminCount is 1 and inheritance is off")
    return EMPTY


def unseen(subject: Subject) -> Text:
    """Say what can't be seen of whether a user may be written to; or nothing.

    adminCount counts only where inheritance is off (`_protection`).
    """
    descriptor = read(subject.descriptor)
    inherits = not isinstance(descriptor, Unreadable) and not descriptor.protected
    names = [name for name in _NEEDED if name in subject.unseen]
    missing = absent(name for name in names if name != "adminCount" or not inherits)
    return missing or (_FOREST_UNSEEN if "tokenGroups" in subject.unseen else EMPTY)


def absent(names: Iterable[str]) -> Text:
    """Say that attributes are absent where nobody knows why; empty for none."""
    if not (listed := " and ".join(names)):
        return EMPTY
    return Text("{names}: not set, or hidden from the service account", names=listed)


def _lock_unseen(subject: Subject) -> Text:
    """Say what keeps a lock from being told; empty when it can be told."""
    account = subject.account
    if account is None or account.computed is not None:
        return EMPTY
    if account.lockout_time is None:
        return absent(subject.unseen & {"lockoutTime"})
    # the policy says until when it holds
    if subject.policy:
        return EMPTY
    return subject.unreadable or Text("the policy is hidden")


def _answer(case: _Case, operation: Operation) -> OperationVerdict:
    subject, right = case.subject, RIGHTS[operation]
    decision = held(subject, right)
    if isinstance(decision, Unreadable):
        return _hidden(decision)
    if operation is Operation.CHANGE and (stop := _stops_change(case)):
        return stop
    if not decision.allowed:
        return _refused(decision, case, right)
    if operation is Operation.CHANGE and (open_ := undecided_change(subject)):
        look = Text("Look at whether the person may change it.")
        return _undecided(open_, case, look)
    if subject.account is None:
        return _unknown(
            Cause.HIDDEN,
            subject.unreadable or Text("the account's attributes are hidden"),
            LET_READ,
        )
    if missing := unseen(subject):
        return _unknown(Cause.HIDDEN, missing, LET_READ)
    if operation is Operation.CHANGE and (missing := _lock_unseen(subject)):
        return _unknown(Cause.HIDDEN, missing, LET_READ)
    if operation in (Operation.RESET, Operation.CHANGE):
        return _aged(subject, operation)
    return _effect(subject, operation)


def _stops_change(case: _Case) -> OperationVerdict | None:
    """Find what stops a change, though not a reset."""
    subject = case.subject
    if ace := cannot_change(subject):
        return _no(Cause.CANNOT_CHANGE, words(ace, name_of=case.name_of))
    if _lock_unseen(subject):
        return None
    if subject.account and subject.account.locked(subject.read_at, subject.policy):
        return _no(Cause.LOCKED, Text("the account is locked: see lockoutTime"))
    return None


def _hidden(descriptor: Unreadable) -> OperationVerdict:
    if descriptor is HIDDEN:
        return _unknown(
            Cause.HIDDEN,
            descriptor.reason,
            Text(
                "Let the service account read the person's permissions (READ_CONTROL)."
            ),
        )
    return _unknown(
        Cause.UNDECIDED,
        descriptor.reason,
        Text(
            "Look at the person's permissions in Active Directory Users and Computers."
        ),
    )


def _refused(decision: Decision, case: _Case, right: Right) -> OperationVerdict:
    if not decision.certain:
        return _undecided(decision, case)
    if decision.reason is Reason.DENIED:
        return _no(Cause.DENIED, _entry(decision, case))
    action = right.value.words
    lacking = Text("no entry allows the service account to {action}", action=action)
    if case.protected:
        off = Text("{lacking}; inheritance is off", lacking=lacking)
        return _no(Cause.INHERITANCE_OFF, off)
    if above := case.subject.inheritance_off_at:
        off = Text("{lacking}; inheritance is off at {dn}", lacking=lacking, dn=above)
        return _no(Cause.INHERITANCE_OFF, off)
    if INET_ORG_PERSON in case.subject.classes:
        lacking = Text(
            "{lacking}; entries for user objects do not reach an inetOrgPerson",
            lacking=lacking,
        )
    return _no(Cause.NOT_GRANTED, lacking)


def _undecided(
    decision: Decision, case: _Case, remedy: Text = EMPTY
) -> OperationVerdict:
    entry, reason = _entry(decision, case), decision.reason.value
    shown_by = Text("{entry}: {reason}", entry=entry, reason=reason)
    return _unknown(Cause.UNDECIDED, shown_by, remedy)


def _entry(decision: Decision, case: _Case) -> Text:
    because = decision.because
    return words(because, name_of=case.name_of) if because else EMPTY


def _aged(subject: Subject, operation: Operation) -> OperationVerdict:
    """Apply the minimum age, the one rule that needs no password to be judged."""
    account, policy = subject.account, subject.policy
    assert account is not None
    bound = operation is Operation.CHANGE or subject.hints
    if account.pwd_last_set is None or not bound:
        return _YES
    if policy is None:
        return _unknown(
            Cause.POLICY_HIDDEN,
            subject.unreadable
            or Text("the password policy of the person can't be read"),
        )
    since = earliest(policy, account, operation, hints=subject.hints)
    if since is None or subject.read_at >= since:
        return _YES
    shown_by = Text(
        "pwdLastSet is {moment} UTC; {policy} asks for an age of {age}",
        moment=moment(account.pwd_last_set, seconds=True),
        policy=policy.source,
        age=span_words(policy.min_age),
    )
    return _no(Cause.TOO_YOUNG, shown_by, until=since)


def _effect(subject: Subject, operation: Operation) -> OperationVerdict:
    """Refuse what the directory would take without any effect."""
    never = subject.account is not None and subject.account.never_expires
    if operation is Operation.MUST_CHANGE and never:
        shown_by = Text(
            "userAccountControl has DONT_EXPIRE_PASSWD: must-change has no effect"
        )
        return _no(Cause.NO_EFFECT, shown_by)
    return _YES


def _notes(case: _Case) -> tuple[Text, ...]:
    subject, descriptor, notes = case.subject, case.descriptor, []
    if not isinstance(descriptor, Unreadable):
        if descriptor.protected:
            notes.append(
                Text("inheritance is off: grants on containers do not reach it")
            )
        elif subject.protected_group:
            group = subject.protected_group
            notes.append(Text("a member of {group}: protected", group=group))
        elif subject.account and subject.account.admin_count:
            notes.append(Text("adminCount is 1, left over: inheritance is on"))
        if descriptor.dacl is None:
            notes.append(Text("there is no DACL: everybody may do everything"))
    if subject.account and subject.account.locked(subject.read_at, subject.policy):
        notes.append(Text("locked: a reset does not unlock; unlock with it"))
    if cannot_change(subject):
        notes.append(Text('set to "user cannot change password"; a reset is not bound'))
    return tuple(notes)
