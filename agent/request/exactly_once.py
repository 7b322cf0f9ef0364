"""Each request is done once; the same one again gets the first answer."""

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from agent.request.answer import Answer, Repeat, spelled
from agent.request.ledger import Entry, Ledger, LedgerFailed
from wire.messages import Request
from wire.outcomes import Code

LOG = logging.getLogger("agent.request.exactly_once")
_REPEAT_WAIT_S = 30.0
_REPLAYED = Answer(Code.REPLAYED_REQUEST, "this jti came with another token")


@dataclass(frozen=True)
class _UnderWay:
    """A request that is being done now, and the id of its answer."""

    digest: bytes
    answer_id: str
    reply: Future[Answer | Repeat]

    def repeat(self) -> Repeat:
        """Wait for the answer; raises what the first of these requests failed with."""
        reply = self.reply.result(_REPEAT_WAIT_S)
        return Repeat.of(spelled(reply, self.answer_id))


class ExactlyOnce:
    """Knows what is under way in this process, and by the ledger what was before."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._under_way: dict[str, _UnderWay] = {}
        # of writes that the ledger could not keep, as on a disk that became full; no
        # more are begun meanwhile
        self._unkept: dict[str, tuple[bytes, Mapping[str, Any]]] = {}

    def run(
        self, request: Request, answer_id: str, do: Callable[[Entry | None], Answer]
    ) -> Answer | Repeat:
        """Do a request, or give the answer of the same one that came before.

        It is known again by its jti and the digest of its token. `do` is given the
        entry of a write that it was, and whose result is not known so far.
        """
        mine = _UnderWay(request.digest, answer_id, Future())
        with self._lock:
            first = self._under_way.setdefault(request.jti, mine)
        if first is not mine:
            return first.repeat() if first.digest == request.digest else _REPLAYED
        try:
            reply = self._known_or_new(request, answer_id, do)
        except BaseException as error:
            mine.reply.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[request.jti]
        mine.reply.set_result(reply)
        return reply

    def _known_or_new(
        self, request: Request, answer_id: str, do: Callable[[Entry | None], Answer]
    ) -> Answer | Repeat:
        self._keep_later()
        if unkept := self._unkept.get(request.jti):
            digest, claims = unkept
            return Repeat.of(claims) if digest == request.digest else _REPLAYED
        entry = self._ledger.find(request.jti)
        if entry is not None and entry.digest != request.digest:
            return _REPLAYED
        if entry is not None and entry.answer is not None:
            return Repeat.of(entry.answer)
        answer = do(entry)
        if answer.final:
            self._keep(request, answer, answer.as_dict(answer_id))
        return answer

    def _keep(
        self, request: Request, answer: Answer, claims: Mapping[str, Any]
    ) -> None:
        """Keep what was answered: it is told whether that works or not."""
        try:
            self._ledger.close_entry(request.jti, request.digest, claims)
        except LedgerFailed as error:
            LOG.error("the ledger does not keep an answer: %s", error)
            if answer.entered:
                self._unkept[request.jti] = request.digest, claims

    def _keep_later(self) -> None:
        for jti, (digest, claims) in tuple(self._unkept.items()):
            with contextlib.suppress(LedgerFailed):
                self._ledger.close_entry(jti, digest, claims)
                self._unkept.pop(jti, None)
