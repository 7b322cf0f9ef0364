"""One request for a user, from bytes to an answer.

A straight line of stages (`agent.request.stages`, `agent.request.password_write`).
Every path writes one audit record and gives one code of `wire.outcomes`; no text of an
exception leaves the agent. The one broad `except` is here, at the boundary.
"""

import contextlib
import hashlib
import logging
import time
from collections.abc import Callable, Iterator

from agent.ldap.errors import DirectoryError
from agent.request import (
    audit,
    authentication,
    judgment,
    lookup,
    password_write,
    refusals,
    registration,
    stages,
)
from agent.request.answer import Answer, Ended, Repeat, spelled
from agent.request.audit import Audit, Received, Record
from agent.request.entitlement import Entitled, entitle
from agent.request.exactly_once import ExactlyOnce
from agent.request.identity import Identity
from agent.request.ledger import Entry, LedgerFailed
from agent.request.roster import RosterPages
from agent.request.stages import Fresh, Located, Tools
from agent.request.turns import Turns
from wire import messages
from wire.hybrid_connections import RelayResponse
from wire.messages import BadClaims, ReplyTo, Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

LOG = logging.getLogger("agent.request.handler")


class _RequestRun:
    """One request under way: what is known so far, and how long each stage took."""

    def __init__(self) -> None:
        self.id = audit.new_id()
        self.request: Request | None = None
        self.reply_to: ReplyTo | None = None
        self.dn: str | None = None
        self.admitted = False
        self._ms: dict[str, float] = {}
        self._began = self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        """Note that a stage is over."""
        now = time.perf_counter()
        spent = (now - self._last) * 1000
        self._ms[stage] = round(self._ms.get(stage, 0.0) + spent, 3)
        self._last = now

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note when a stage is over, however it ends."""
        try:
            yield
        finally:
            self.mark(name)

    def ms(self) -> dict[str, float]:
        """Give the times by stage with their sum."""
        spent = (time.perf_counter() - self._began) * 1000
        return self._ms | {"total": round(spent, 3)}


class Handler:
    """Does what a portal asks for; `count` is given each code and its milliseconds."""

    def __init__(
        self,
        identity: Identity,
        tools: Tools,
        trail: Audit,
        count: Callable[[Code, float], None] = lambda _code, _ms: None,
    ) -> None:
        self._identity = identity
        self._tools = tools
        self._audit = trail
        self._count = count
        self._once = ExactlyOnce(tools.ledger)
        self._turns = Turns()
        self._roster = RosterPages(tools)

    def reset(self, body: bytes) -> RelayResponse:
        """Answer a sealed request, on the thread that calls."""
        run = _RequestRun()
        try:
            reply = self._work(body, run)
        except Exception as error:  # noqa: BLE001 - the boundary: nothing else may leave
            # the name of the kind only: a text may quote what it failed on
            reply = Answer(Code.INTERNAL, type(error).__name__)
        try:
            return self._reply(run, reply, body)
        finally:
            self._record(run, reply)

    def _work(self, body: bytes, run: _RequestRun) -> Answer | Repeat:
        try:
            with run.stage("open"):
                run.request = self._authentic(body)
                run.reply_to = run.request.reply_to
            fresh = stages.freshen(run.request, time.time())
            self._identity.on_use(run.request.portal)
        except BadClaims as bad:
            run.reply_to = bad.reply_to
            return Answer.of(bad)
        except Refused as refused:
            return Answer.of(refused)
        try:
            return self._once.run(
                fresh.request, run.id, lambda entry: self._do(fresh, entry, run)
            )
        except LedgerFailed as error:  # before anything was written
            return Answer(Code.CANNOT_RECORD, f"the ledger: {error}")

    def _authentic(self, body: bytes) -> Request:
        identity = self._identity
        opened = messages.unseal(body, identity.keys)
        digest = hashlib.sha256(body).digest()
        return messages.authenticate(opened, identity.portals, identity.agent, digest)

    def _do(self, fresh: Fresh, entry: Entry | None, run: _RequestRun) -> Answer:
        if entry is not None:
            run.dn = entry.dn
            return password_write.settle(entry, fresh, self._tools)
        try:
            if fresh.request.op is Operation.ROSTER:
                with run.stage("list"):
                    return self._roster.answer(fresh)
            admitted = stages.admit(fresh, self._tools)
            run.admitted = True
            pool, domain = self._tools.pool, self._tools.domain
            with pool.connection(
                lambda warm: stages.locate(admitted, warm, domain)
            ) as located:
                run.dn = located.user.dn
                run.mark("find")
                return self._act(located, run).at(located.warm.directory.host)
        except Refused as refused:
            return Answer.of(refused)
        except Ended as ended:
            return ended.answer
        except DirectoryError as error:
            return refusals.unavailable(error)

    def _act(self, located: Located, run: _RequestRun) -> Answer:
        with run.stage("judge"):
            entitled = entitle(located, self._tools)
            match located.request.op:
                case Operation.CHECK:
                    return judgment.check(entitled, self._tools)
                case Operation.LOOKUP:
                    return lookup.look_up(entitled, self._tools)
        with self._turns.of(located.user.guid):
            match located.request.op:
                case Operation.AUTHENTICATE:
                    with run.stage("sign_in"):
                        return authentication.authenticate(entitled, self._tools)
                case Operation.REGISTER:
                    return registration.register(entitled, self._tools)
            return self._write(entitled, run)

    def _write(self, entitled: Entitled, run: _RequestRun) -> Answer:
        located, tools = entitled.located, self._tools
        operation = located.request.op
        with run.stage("judge"):
            judged = judgment.judge(entitled, tools)
        self._begin(located, run)
        with run.stage("write"):
            if operation is Operation.UNLOCK:
                return password_write.unlock(judged, tools)
            return password_write.set_password(judged, tools)

    def _begin(self, located: Located, run: _RequestRun) -> None:
        """Record what is written next; Refused where that is not possible."""
        received, dn = self._received(run), located.user.dn
        try:
            self._audit.begin(run.id, received, dn, located.warm.directory.host)
        except OSError as error:
            raise Refused(Code.CANNOT_RECORD, f"audit: {error.strerror}") from error

    def _received(self, run: _RequestRun) -> Received:
        if run.request is None:
            return Received.unread(run.reply_to)
        return Received.of(run.request)

    def _reply(
        self, run: _RequestRun, reply: Answer | Repeat, body: bytes
    ) -> RelayResponse:
        claims = spelled(reply, run.id)
        if run.reply_to is not None:
            timed = {**claims, "ms": run.ms()}
            return self._identity.sealed(timed, run.reply_to, body)
        # there is no key to seal to, so only what anybody may know
        public = {name: claims[name] for name in ("code", "message", "id")}
        return self._identity.refused(public, body)

    def _record(self, run: _RequestRun, reply: Answer | Repeat) -> None:
        ms, agent = run.ms(), self._identity.agent
        self._count(reply.code, ms["total"])
        received, admitted = self._received(run), run.admitted
        try:
            self._audit.write(
                Record(run.id, agent, reply, received, run.dn, ms, admitted)
            )
        except OSError as error:
            # the password may be set: whoever waits must still be told
            LOG.error("no audit record of %s: %s", run.id, error.strerror)
