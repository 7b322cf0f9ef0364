"""One request, from bytes to an answer.

A straight line of stages (`agent.request.stages`, `agent.request.password_write`).
Every path writes one audit record and gives one code of `wire.outcomes`; no text of an
exception leaves the agent. The one broad `except` is here, at the boundary.
"""

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from agent.active_directory import identifiers
from agent.ldap.errors import DirectoryError
from agent.ldap.pool import PooledConnection
from agent.request import audit, password_write, refusals, stages
from agent.request.answer import Answer, Ended
from agent.request.audit import Audit, Record
from agent.request.identity import Identity
from agent.request.ledger import Entry
from agent.request.stages import Fresh, Tools
from agent.system.version import VERSION
from wire import jose, messages
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.messages import Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

LOG = logging.getLogger("agent.request.handler")

_JOSE = {"Content-Type": "application/jose"}
_THREADS = 16
_REPEAT_WAIT_S = 30.0
# nothing was done and another time may do better: not kept as the first answer
_PASSING = frozenset(
    {
        Code.PAUSED,
        Code.TOO_MANY,
        Code.EXPIRED_REQUEST,
        Code.REPLAYED_REQUEST,
        Code.DIRECTORY_UNAVAILABLE,
        Code.DIRECTORY_REFUSED_AGENT,
        Code.UNKNOWN_RESULT,
        Code.INTERNAL,
    }
)


@dataclass(frozen=True)
class Health:
    """What `GET ready` says."""

    ready: bool
    directory: bool


@dataclass(frozen=True)
class _Reply:
    """An answer as it goes out and as it is kept."""

    claims: Mapping[str, Any]
    code: Code


class _RequestRun:
    """One request under way: what is known so far, and how long each stage took."""

    def __init__(self, agent: str) -> None:
        self.record = Record(audit.new_id(), agent)
        self.request: Request | None = None
        self.ms: dict[str, float] = {}
        self.kept = False
        self._began = self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        """Note that a stage is over."""
        now = time.perf_counter()
        spent = (now - self._last) * 1000
        self.ms[stage] = round(self.ms.get(stage, 0.0) + spent, 3)
        self._last = now

    def total(self) -> dict[str, float]:
        """Give the times by stage with their sum."""
        spent = (time.perf_counter() - self._began) * 1000
        return self.ms | {"total": round(spent, 3)}


class Handler:
    """Answers what the relay hands over.

    Args:
        identity: who this agent is.
        tools: what the stages work with.
        trail: where records go.
        health: asked by `GET ready`.
        count: told each code and its milliseconds.

    """

    def __init__(
        self,
        identity: Identity,
        tools: Tools,
        trail: Audit,
        *,
        health: Callable[[], Health],
        count: Callable[[Code, float], None] = lambda _code, _ms: None,
    ) -> None:
        self._identity = identity
        self._tools = tools
        self._audit = trail
        self._health = health
        self._count = count
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="request")
        self._lock = threading.Lock()
        self._under_way: dict[str, tuple[bytes, Future[_Reply]]] = {}

    async def handle(self, request: RelayRequest) -> RelayResponse:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.answer, request)

    def close(self) -> None:
        """Wait for what is under way, and end the threads."""
        self._threads.shutdown()

    def answer(self, request: RelayRequest) -> RelayResponse:
        """Answer one request, on the thread that calls."""
        path = request.target.partition("?")[0].rstrip("/").rpartition("/")[2]
        asked = (request.method.upper(), path)
        if asked == ("GET", "keys"):
            return self._keys()
        if asked == ("GET", "ready"):
            return self._ready()
        if asked != ("POST", "resets"):
            body = json.dumps({"code": Code.BAD_REQUEST.value}).encode()
            return RelayResponse(404, {"Content-Type": "application/json"}, body)
        return self._reset(request.body)

    def _keys(self) -> RelayResponse:
        jwks = self._identity.keys.public.jwks()
        claims = {"keys": jwks, **self._process()}
        return self._signed(200, claims, "writeback-keys+jwt")

    def _process(self) -> dict[str, Any]:
        """Name this process, so that a copy of the machine is known for one."""
        own = self._identity.instance
        return {"instance": own.id, "starts": own.counted}

    def _ready(self) -> RelayResponse:
        health = self._health()
        paused = not self._tools.settings.features.password_writeback
        claims = {
            "ready": health.ready,
            "paused": paused,
            "directory": health.directory,
            "version": VERSION,
            **self._process(),
        }
        return self._signed(200, claims, "writeback-ready+jwt")

    def _reset(self, body: bytes) -> RelayResponse:
        run = _RequestRun(self._identity.agent)
        try:
            said = self._work(body, run)
        except Exception as error:  # noqa: BLE001 - the boundary: nothing else may leave
            # the name of the kind only: a text may quote what it failed on
            said = self._close(run, Answer(Code.INTERNAL, type(error).__name__))
        try:
            return self._reply(run, said)
        finally:
            self._record(run, said)

    def _work(self, body: bytes, run: _RequestRun) -> _Reply:
        try:
            request = self._authentic(body, run)
        except Refused as refused:
            run.mark("open")
            return self._close(run, Answer(refused.code, refused.detail))
        run.mark("open")
        try:
            fresh = stages.freshen(request, time.time())
        except Refused as refused:
            return self._close(run, Answer(refused.code, refused.detail))
        return self._once(fresh, run)

    def _authentic(self, body: bytes, run: _RequestRun) -> Request:
        identity = self._identity
        opened = messages.unseal(body, identity.keys)
        digest = hashlib.sha256(body).digest()
        request = messages.authenticate(
            opened, identity.portals, identity.agent, digest
        )
        run.request = request
        run.record = replace(
            run.record,
            op=request.op,
            jti=request.jti,
            user={
                "by": request.user.by,
                "value": request.user.value[: identifiers.MOST],
            },
            portal=request.portal.issuer,
        )
        return request

    def _once(self, fresh: Fresh, run: _RequestRun) -> _Reply:
        """Do a request, or give the answer of the same one that came before."""
        request = fresh.request
        mine: Future[_Reply] = Future()
        with self._lock:
            digest, first = self._under_way.setdefault(
                request.jti, (request.digest, mine)
            )
        if first is not mine:
            if digest != request.digest:
                return self._replayed(run)
            return self._repeated(run, first.result(_REPEAT_WAIT_S))
        try:
            said = self._known_or_new(fresh, run)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[request.jti]
        mine.set_result(said)
        return said

    def _known_or_new(self, fresh: Fresh, run: _RequestRun) -> _Reply:
        request = fresh.request
        entry = self._tools.ledger.find(request.jti)
        if entry is None:
            return self._close(run, self._do(fresh, run))
        if entry.digest != request.digest:
            return self._replayed(run)
        if entry.answer is not None:
            said = _Reply(entry.answer, Code(entry.answer["code"]))
            return self._repeated(run, said)
        return self._settled(entry, fresh, run)

    def _settled(self, entry: Entry, fresh: Fresh, run: _RequestRun) -> _Reply:
        run.kept = True
        run.record = replace(run.record, dn=entry.dn)
        return self._close(run, password_write.settle(entry, fresh, self._tools))

    def _replayed(self, run: _RequestRun) -> _Reply:
        run.kept = False
        answer = Answer(Code.REPLAYED_REQUEST, "this jti came with another token")
        return self._close(run, answer)

    @staticmethod
    def _repeated(run: _RequestRun, said: _Reply) -> _Reply:
        first = str(said.claims["id"])
        run.record = replace(
            run.record,
            answer_of=first,
            controller=said.claims.get("controller"),
            steps=tuple(said.claims["steps"]),
        )
        return said

    def _do(self, fresh: Fresh, run: _RequestRun) -> Answer:
        try:
            admitted = stages.admit(fresh, self._tools)
            domain = self._tools.domain

            def locate(warm: PooledConnection) -> stages.Located:
                return stages.locate(admitted, warm, domain)

            with self._tools.pool.connection(first_read=locate) as located:
                run.record = replace(run.record, dn=located.user.dn)
                run.mark("find")
                return self._act(located, run).at(located.warm.directory.host)
        except Refused as refused:
            return Answer(refused.code, refused.detail)
        except Ended as ended:
            return ended.answer
        except DirectoryError as error:
            return refusals.unavailable(error)

    def _act(self, located: stages.Located, run: _RequestRun) -> Answer:
        tools = self._tools
        if located.request.op is Operation.CHECK:
            answer = stages.check(located, tools)
            run.mark("judge")
            return answer
        try:
            judged = stages.judge(located, tools)
        finally:
            run.mark("judge")
        try:
            if located.request.op is Operation.UNLOCK:
                return password_write.unlock(judged, tools)
            run.kept = True
            verified = password_write.verify(password_write.write(judged, tools))
            return password_write.finish(verified, tools)
        except Ended as ended:
            return ended.answer
        finally:
            run.mark("write")

    def _close(self, run: _RequestRun, answer: Answer) -> _Reply:
        """Keep an answer that is final."""
        steps = tuple(step.as_dict() for step in answer.steps)
        run.record = replace(
            run.record.ended(answer.code, answer.detail),
            controller=answer.controller,
            steps=steps,
        )
        said = _Reply(answer.as_dict(run.record.id), answer.code)
        request = run.request
        if request is not None and self._is_final(answer.code, run):
            self._tools.ledger.close_entry(request.jti, request.digest, said.claims)
        return said

    @staticmethod
    def _is_final(code: Code, run: _RequestRun) -> bool:
        if run.kept:
            # an entry of a write stays open until it is known what became of it
            return code not in (Code.UNKNOWN_RESULT, Code.INTERNAL)
        return code not in _PASSING

    def _reply(self, run: _RequestRun, said: _Reply) -> RelayResponse:
        if run.request is None:
            # there is no key to seal to, so only what anybody may know
            claims = {name: said.claims[name] for name in ("code", "message", "id")}
            return self._signed(400, claims, "writeback-error+jwt")
        claims = {
            "iss": self._identity.agent,
            "aud": run.request.portal.issuer,
            "iat": int(time.time()),
            "jti": run.request.jti,
            **said.claims,
            "ms": run.total(),
        }
        keys = run.request.portal.keys
        sealed = messages.seal_answer(claims, self._identity.keys, keys)
        return RelayResponse(200, _JOSE, sealed)

    def _signed(
        self, status: int, claims: Mapping[str, Any], kind: str
    ) -> RelayResponse:
        head = {"iss": self._identity.agent, "iat": int(time.time())}
        token = jose.sign(head | dict(claims), self._identity.keys, kind)
        return RelayResponse(status, _JOSE, token)

    def _record(self, run: _RequestRun, said: _Reply) -> None:
        ms = run.total()
        code = Code(said.claims["code"])
        detail = run.record.detail or str(said.claims["detail"])
        self._count(code, ms["total"])
        try:
            self._audit.write(replace(run.record.ended(code, detail), ms=ms))
        except OSError as error:
            # the password may be set: whoever waits must still be told
            LOG.error("no audit record of %s: %s", run.record.id, error.strerror)  # noqa: TRY400
