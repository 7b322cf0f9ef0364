"""Asks security questions in a visit, and takes their answers.

They are asked of who proved something already, so that nobody learns by them who
exists, or which questions somebody chose.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.database import codes
from portal.database.proofs import RegisteredMethod
from portal.journeys.visit import LIFETIME_S, Visit
from portal.methods import one_time_code, security_questions
from portal.methods.security_questions import PREDEFINED, BadAnswer
from portal.services import BrowserOrigin, Services
from portal.visits.questions.answer_hashes import AnswerHashes
from portal.visits.verification import Closed, Proof, Verification
from wire.self_service.proof_kind import ProofKind

_KIND = ProofKind.QUESTIONS


@dataclass(frozen=True)
class _Draw:
    """What was asked: of a person's set, or of nobody's; `counted` as a try."""

    method: RegisteredMethod | None
    questions: tuple[str, ...]
    counted: bool


class QuestionVerification:
    """Draws questions and takes their answers."""

    def __init__(
        self, services: Services, verification: Verification, hashes: AnswerHashes
    ) -> None:
        self._services, self._verification = services, verification
        self._hashes = hashes

    async def ask(self, visit: Visit) -> tuple[str, ...]:
        """Give the questions that are asked now: the same until a try was wrong."""
        return await self._services.database.run(self._ask, visit)

    async def by_answers(
        self, visit: Visit, typed: Sequence[str], origin: BrowserOrigin
    ) -> Proof:
        """Take the answers to what was asked, in its order: all must be right."""
        run = self._services.database.run
        draw = await run(self._begun, visit, origin)
        if isinstance(draw, Closed):
            return draw
        is_right = await self._are_right(draw, typed)
        return await run(self._ended, visit, draw, origin, is_right=is_right)

    def _ask(self, connection: Connection, visit: Visit) -> tuple[str, ...]:
        return self._draw(connection, visit).questions

    def _draw(self, connection: Connection, visit: Visit) -> _Draw:
        now = self._services.clock()
        row = codes.last(connection, visit.id, _KIND)
        if row is None or now >= row.ends:
            self._draw_anew(connection, visit)
            row = codes.last(connection, visit.id, _KIND)
        if row is None:
            raise ValueError("nothing was drawn")
        own = self._verification.methods(connection, visit, _KIND)
        method = own[0] if own else None
        there: Sequence[str] = PREDEFINED
        if method is not None:
            kept = security_questions.registered(method.secret)
            there = [each.question for each in kept]
        asked = self._services.settings.questions.asked
        questions = security_questions.drawn(there, row.digest, asked)
        return _Draw(method, questions, counted=False)

    def _draw_anew(self, connection: Connection, visit: Visit) -> None:
        codes.replace(
            connection,
            visit.id,
            _KIND,
            proof=None,
            digest=secrets.token_urlsafe(32),
            now=self._services.clock(),
            lifetime_s=int(LIFETIME_S),
        )

    def _begun(
        self, connection: Connection, visit: Visit, origin: BrowserOrigin
    ) -> _Draw | Closed:
        closed = self._verification.take_try(connection, visit, origin)
        if closed is not None:
            return closed
        draw = self._draw(connection, visit)
        row = codes.last(connection, visit.id, _KIND)
        counted = row is not None and codes.count_try(
            connection, row.id, one_time_code.TRIES
        )
        return _Draw(draw.method, draw.questions, counted=counted)

    async def _are_right(self, draw: _Draw, typed: Sequence[str]) -> bool:
        """Compare all of them, whichever is wrong."""
        if draw.method is None or not draw.counted:
            return False
        kept = security_questions.registered(draw.method.secret)
        hashed = {each.question: each.hashed for each in kept}
        right = [
            await self._is_right(hashed[question], text)
            for question, text in zip(draw.questions, typed, strict=False)
        ]
        return all(right) and len(right) == len(draw.questions) > 0

    async def _is_right(self, hashed: str, text: str) -> bool:
        try:
            answer = security_questions.answer(text)
        except BadAnswer:
            return False
        return await self._hashes.matches(hashed, answer)

    def _ended(
        self,
        connection: Connection,
        visit: Visit,
        draw: _Draw,
        origin: BrowserOrigin,
        *,
        is_right: bool,
    ) -> Proof:
        """Note what it came to; a set that was changed meanwhile proves nothing."""
        own = self._verification.methods(connection, visit, _KIND)
        found = draw.method if is_right and draw.method in own else None
        if found is None:
            self._draw_anew(connection, visit)
        return self._verification.result(connection, visit, _KIND, found, origin)
