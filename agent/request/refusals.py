"""Why the directory refused: named from facts that can be read, never from its words.

Active Directory's text does not say which rule a password broke; the policy, the
account and the permissions do.
"""

from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.ldap import errors
from agent.ldap.pool import PooledConnection
from agent.request.answer import Answer, iso
from agent.verdict import effective_rights, judge, password_check
from agent.verdict.causes import Cause
from agent.verdict.password_check import PolicyFinding
from agent.verdict.password_policy import as_policy_dict
from agent.verdict.subject import Subject
from agent.verdict.verdict import State
from wire.messages import Request
from wire.operation import Operation
from wire.outcomes import Code, Refused
from wire.text import Text

# Windows error codes (MS-ERREF 2.2) that a diagnostic starts with
_WRONG_PASSWORD = 0x56
_RESTRICTION = 0x52D
_ILL_FORMED = 0x52C
_LOCKED_OUT = 0x775
_LACKING = (Cause.NOT_GRANTED, Cause.INHERITANCE_OFF, Cause.DENIED)


def unavailable(error: errors.DirectoryError) -> Answer:
    """Answer for a directory that nothing could be asked of."""
    if isinstance(error, errors.SignInRefused):
        return Answer(Code.DIRECTORY_REFUSED_AGENT, str(error))
    return Answer(Code.DIRECTORY_UNAVAILABLE, str(error))


def refusal(
    error: errors.DirectoryError,
    request: Request,
    warm: PooledConnection,
    domain: DomainCache,
    user: User,
) -> Answer:
    """Answer for a write that the directory refused."""
    if isinstance(error, errors.NoSuchObject):
        return Answer(Code.USER_NOT_FOUND, "the user was removed meanwhile")
    if isinstance(error, errors.Unreachable):
        return unavailable(error)
    if not isinstance(error, errors.Denied | errors.ConstraintViolation):
        return Answer(Code.INTERNAL, f"{error}")
    if isinstance(error, errors.ConstraintViolation) and error.win32 == _WRONG_PASSWORD:
        return Answer(Code.WRONG_PASSWORD)
    subject = _subject(warm, domain, user.dn)
    if isinstance(error, errors.Denied):
        return denied(subject, request.op)
    return _constrained(error, subject, request)


def step_refusal(
    error: errors.DirectoryError,
    operation: Operation,
    warm: PooledConnection,
    domain: DomainCache,
    user: User,
) -> Answer:
    """Answer for a step after the password that the directory refused."""
    if not isinstance(error, errors.Denied):
        return unavailable(error)
    return denied(_subject(warm, domain, user.dn), operation)


def _subject(warm: PooledConnection, domain: DomainCache, dn: str) -> Subject | None:
    domain.forget_policies()
    try:
        again = users.read_again(warm.directory, dn)
        return SubjectReader(domain).read(warm, again, detail=True)
    except (errors.DirectoryError, Refused):
        return None


def denied(subject: Subject | None, operation: Operation) -> Answer:
    """Name the entry that stops one operation, after the directory denied it."""
    if subject is None:
        return Answer(Code.PERMISSION_DENIED)
    answer = judge.judge_operation(subject, operation)
    if answer.cause is Cause.UNDECIDED:
        return Answer(Code.PERMISSION_DENIED, answer.shown_by, answer.remedy)
    named = (Code.PERMISSION_DENIED, Code.PROTECTED_ACCOUNT, Code.CANNOT_CHANGE)
    if answer.state is State.YES or answer.code not in named:
        return Answer(
            Code.PERMISSION_DENIED,
            "the directory denied it although the entries that can be read allow it",
        )
    return Answer(answer.code, answer.shown_by, answer.remedy)


def _constrained(
    error: errors.ConstraintViolation, subject: Subject | None, request: Request
) -> Answer:
    if error.win32 == _LOCKED_OUT:
        return Answer(Code.ACCOUNT_LOCKED)
    if error.win32 not in (None, _RESTRICTION, _ILL_FORMED):
        code = f"LDAP result {error.result}, Windows error {error.win32:#x}"
        return Answer(Code.POLICY, f"the directory refused the password with {code}")
    if subject is None:
        return Answer(Code.POLICY, "the policy could not be read")
    if request.op is Operation.CHANGE and _lacks_change(subject):
        return denied(subject, Operation.CHANGE)
    cause = password_check.remaining_cause(
        subject.policy,
        password_findings(subject, request),
        operation=request.op,
        hints=subject.hints,
    )
    detail = cause.detail
    if subject.policy is None and subject.unreadable:
        why = subject.unreadable
        detail = Text("{detail}: {why}", detail=detail, why=why)
    return from_finding(cause, subject, detail)


def _lacks_change(subject: Subject) -> bool:
    """Whether Change Password itself is missing.

    Samba answers so with the result of a broken policy; a policy would be blamed.
    """
    return judge.judge_operation(subject, Operation.CHANGE).cause in _LACKING


def from_finding(cause: PolicyFinding, subject: Subject, detail: str = "") -> Answer:
    """Answer with one thing the policy says."""
    return Answer(
        cause.code,
        detail or cause.detail,
        earliest=iso(cause.earliest),
        policy=as_policy_dict(subject.policy),
    )


def password_findings(subject: Subject, request: Request) -> tuple[PolicyFinding, ...]:
    """Say what the policy says to the new password; that it is hidden, when it is."""
    if subject.account is None or request.new_password is None:
        return ()
    return password_check.judge(
        subject.policy,
        subject.account,
        request.new_password.reveal(),
        now=subject.read_at,
        operation=request.op,
        hints=subject.hints,
        cannot_change=effective_rights.cannot_change(subject) is not None,
    )
