"""The write and what follows it: sent once, seen, then unlock and must-change.

A write without an answer is never sent again: its controller's pwdLastSet says what
became of it.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.active_directory import users
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from agent.ldap.errors import DirectoryError, TimedOut
from agent.ldap.pool import WRITE_S, PooledConnection
from agent.request import lockout_margin, refusals
from agent.request.answer import Answer, Ended, FollowingStep, Step
from agent.request.judgment import Judged
from agent.request.ledger import AttemptKind, Entry, LedgerFailed
from agent.request.lockout_margin import Trial
from agent.request.stages import Fresh, Located, Tools
from wire.messages import Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

LOG = logging.getLogger("agent.request.password_write")

# after which a write that can't be seen at its controller was not done
_LOST_S = 30.0
_SETTLED = "settled by pwdLastSet"


@dataclass(frozen=True)
class Written:
    """The controller said that the password is set; `noted`: the ledger knows."""

    located: Located
    noted: bool = True


@dataclass(frozen=True)
class Verified:
    """The controller shows the write; `note` is what could not be seen."""

    located: Located
    note: str = ""
    noted: bool = True


def set_password(judged: Judged, tools: Tools) -> Answer:
    """Set the password, see that it is set, and do the steps after it.

    Ended, or Refused, where nothing was tried.
    """
    trial = _trial(judged.located, tools)
    try:
        answer = finish(verify(write(judged, tools, trial)), tools)
    except Ended as ended:
        answer = ended.answer
    except Refused:
        _end(trial, tools, wrong=False)
        raise
    return replace(answer, entered=True)


def _trial(located: Located, tools: Tools) -> Trial | None:
    """See that the old password of a change may be wrong; a reset has none."""
    if located.request.op is not Operation.CHANGE:
        return None
    return lockout_margin.begin(located, tools)


def write(judged: Judged, tools: Tools, trial: Trial | None = None) -> Written:
    """Set the password: entered in the ledger first, sent once.

    Ended where the directory refused it; Refused where it can't be entered.
    """
    located = judged.located
    request, user, warm = located.request, located.user, located.warm
    _enter(located, tools)
    warm.directory.limit(WRITE_S)
    try:
        _send(request, warm, user, tools.settings)
    except TimedOut as error:
        raise Ended(_settled(located, tools, error)) from error
    except DirectoryError as error:
        answer = refusals.refusal(error, request, warm, tools.domain, user)
        _end(trial, tools, wrong=answer.code is Code.WRONG_PASSWORD)
        refused = Step("password", "refused", answer.code)
        raise Ended(replace(answer, steps=(refused,))) from error
    _end(trial, tools, wrong=False)
    noted = not request.must_change or _note_set(request, tools)
    return Written(located, noted=noted)


def _end(trial: Trial | None, tools: Tools, *, wrong: bool) -> None:
    """Note what became of an old password; what can't be noted counts as wrong."""
    if trial is None:
        return
    try:
        trial.end(tools, wrong=wrong)
    except LedgerFailed as error:
        LOG.error("the ledger does not note an old password: %s", error)


def _note_set(request: Request, tools: Tools) -> bool:
    """Note that it is set before pwdLastSet is touched, by which it could be seen."""
    try:
        tools.ledger.password_is_set(request.jti)
    except LedgerFailed as error:
        LOG.error("the ledger does not note a password that is set: %s", error)
        return False
    return True


def _enter(located: Located, tools: Tools) -> None:
    """Note the write that comes next."""
    request, user, host = located.request, located.user, located.warm.directory.host
    try:
        tools.ledger.enter(
            request.jti,
            request.digest,
            user=str(user.guid),
            dn=user.dn,
            controller=host,
            pwd_last_set=user.pwd_last_set,
        )
    except sqlite3.IntegrityError as error:
        # the same token was sent to the process before or after this one, too
        detail = "another process of this agent is at it; send the same token again"
        answer = Answer(Code.UNKNOWN_RESULT, detail, controller=host)
        raise Ended(answer) from error
    except LedgerFailed as error:
        raise Refused(Code.CANNOT_RECORD, f"the ledger: {error}") from error


def _send(
    request: Request, warm: PooledConnection, user: User, settings: Settings
) -> None:
    assert request.new_password is not None
    if request.op is Operation.CHANGE:
        assert request.old_password is not None
        old, new = request.old_password, request.new_password
        users.change(warm.directory, user.dn, old, new)
        return
    hints = users.hints_of(warm.root, wanted=settings.directory.policy_hints)
    users.reset(warm.directory, user.dn, request.new_password, hints=hints)


def _settled(located: Located, tools: Tools, error: TimedOut) -> Answer:
    """Look at the same controller for what became of a write without an answer."""
    host, dn = located.warm.directory.host, located.user.dn
    try:
        with tools.pool.at(host) as warm:
            now = users.read_pwd_last_set(warm.directory, dn)
            if now != located.user.pwd_last_set:
                seen = Verified(replace(located, warm=warm), _SETTLED)
                return finish(seen, tools)
    except DirectoryError as again:
        return Answer(Code.UNKNOWN_RESULT, str(again), controller=host)
    if error.waited:
        detail = f"{error.what}; pwdLastSet has not changed so far"
        return Answer(Code.UNKNOWN_RESULT, detail, controller=host)
    return _not_done(host)


def _not_done(host: str) -> Answer:
    detail = "the connection broke and pwdLastSet has not changed: it was not done"
    return Answer(Code.DIRECTORY_UNAVAILABLE, detail, controller=host)


def settle(entry: Entry, fresh: Fresh, tools: Tools) -> Answer:
    """Answer for an open entry: of an unknown result, or of an agent that ended.

    Nothing is sent again but the steps that may be done twice.
    """
    return replace(_settle_entry(entry, fresh, tools), entered=True)


def _settle_entry(entry: Entry, fresh: Fresh, tools: Tools) -> Answer:
    try:
        with tools.pool.at(entry.controller) as warm:
            user = users.read_again(warm.directory, entry.dn)
            done = entry.password_set or user.pwd_last_set != entry.pwd_last_set
            if done:
                subject = SubjectReader(tools.domain).read(warm, user, detail=True)
                seen = Located(fresh.request, warm, user, subject)
                return finish(Verified(seen, _SETTLED), tools)
    except DirectoryError as error:
        return Answer(Code.UNKNOWN_RESULT, str(error), controller=entry.controller)
    if time.time() - entry.at < _LOST_S:
        detail = "pwdLastSet has not changed so far"
        return Answer(Code.UNKNOWN_RESULT, detail, controller=entry.controller)
    return _not_done(entry.controller)


def verify(written: Written) -> Verified:
    """See the write at the same controller; never by signing in as the user.

    Ended where the controller shows no change.
    """
    located = written.located
    try:
        now = users.read_pwd_last_set(located.warm.directory, located.user.dn)
    except DirectoryError as error:
        note = f"not read back: {error.what}"
        return Verified(located, note, noted=written.noted)
    if now == located.user.pwd_last_set:
        detail = "the controller took the password, but pwdLastSet has not changed"
        raise Ended(Answer(Code.UNKNOWN_RESULT, detail))
    return Verified(located, noted=written.noted)


def finish(verified: Verified, tools: Tools) -> Answer:
    """Do the steps after the password, and answer."""
    located = verified.located
    steps = [Step("password", "done")]
    if located.request.op is Operation.RESET:
        steps.append(_unlock_after(located, tools))
    if located.request.must_change:
        steps.append(_must_change_after(verified, tools))
    partial = any(step.result == "refused" for step in steps)
    return Answer(
        Code.PARTIAL if partial else Code.OK,
        verified.note,
        steps=tuple(steps),
        controller=located.warm.directory.host,
    )


def _unlock_after(located: Located, tools: Tools) -> Step:
    subject = located.subject
    locked = subject.account is not None and subject.account.lockout_time is not None
    # where it can't be seen it is written all the same
    if not locked and "lockoutTime" not in subject.unseen:
        return Step(Operation.UNLOCK, "skipped", detail="the account is not locked")
    if not tools.settings.features.unlock:
        return Step(Operation.UNLOCK, "off")
    return _step(Operation.UNLOCK, users.unlock, located, tools)


def _must_change_after(verified: Verified, tools: Tools) -> Step:
    located = verified.located
    account = located.subject.account
    if not tools.settings.features.must_change:
        return Step(Operation.MUST_CHANGE, "off")
    if account is not None and account.never_expires:
        detail = "the password never expires: must-change has no effect"
        return Step(Operation.MUST_CHANGE, "skipped", detail=detail)
    if not verified.noted:
        # after it, nobody could tell that the password was set
        code, why = Code.CANNOT_RECORD, "the ledger could not note the password"
        return Step(Operation.MUST_CHANGE, "refused", code, why)
    return _step(Operation.MUST_CHANGE, users.must_change, located, tools)


def _step(
    step: FollowingStep,
    write: Callable[[Connection, str], None],
    located: Located,
    tools: Tools,
) -> Step:
    warm, user = located.warm, located.user
    try:
        write(warm.directory, user.dn)
    except TimedOut as error:
        answer = Answer(Code.UNKNOWN_RESULT, str(error))
    except DirectoryError as error:
        answer = refusals.step_refusal(error, step, warm, tools.domain, user)
    else:
        return Step(step, "done")
    return Step(step, "refused", answer.code, answer.detail)


def unlock(judged: Judged, tools: Tools) -> Answer:
    """Unlock without a new password.

    May be done twice, so the ledger has it as an attempt alone, which counts.
    """
    located = judged.located
    try:
        tools.ledger.attempt(AttemptKind.UNLOCK, str(located.user.guid))
    except LedgerFailed as error:
        raise Refused(Code.CANNOT_RECORD, f"the ledger: {error}") from error
    step = _unlock_after(located, tools)
    if step.result != "refused":
        state = "unlocked" if step.result == "done" else "not locked"
        return Answer(Code.OK, message=f"Your account is {state}.", steps=(step,))
    code = step.code or Code.INTERNAL
    if code is Code.UNKNOWN_RESULT:
        code = Code.DIRECTORY_UNAVAILABLE
    return Answer(code, step.detail, steps=(step,))
