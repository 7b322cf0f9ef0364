"""Keeps the security questions that somebody chose, with hashes of their answers."""

from collections.abc import Sequence
from enum import StrEnum

from portal.database.proofs import NewMethod
from portal.methods import security_questions
from portal.methods.security_questions import OWN, PREDEFINED, Answered, BadAnswer
from portal.services import BrowserOrigin, Services
from portal.visits.account import Account
from portal.visits.questions.answer_hashes import AnswerHashes
from portal.visits.registration import NotAllowed, Registration
from wire.self_service.proof_kind import ProofKind

_KIND = ProofKind.QUESTIONS


class QuestionFault(StrEnum):
    """What is wrong with questions and answers that somebody chose."""

    SAME_QUESTION = "same_question"
    SAME_ANSWER = "same_answer"
    LENGTH = "length"


class QuestionRegistration:
    """Keeps the questions that somebody chose, in place of those of before."""

    def __init__(
        self, services: Services, registration: Registration, hashes: AnswerHashes
    ) -> None:
        self._services, self._registration = services, registration
        self._hashes = hashes

    @property
    def there(self) -> tuple[str, ...]:
        """The questions that can be chosen, those of the organization first."""
        own = self._services.settings.questions.own
        return (*(f"{OWN}{each}" for each in own), *PREDEFINED)

    def check(self, account: Account) -> None:
        """See that they may be set up now; MustProveFirst, NotAllowed, NotFromHere.

        They never count alone, so something else is there first.
        """
        self._registration.check(account, _KIND)
        if all(each.kind is _KIND for each in account.methods):
            raise NotAllowed

    async def add(
        self,
        account: Account,
        chosen: Sequence[tuple[str, str]],
        origin: BrowserOrigin,
    ) -> QuestionFault | None:
        """Keep questions with their answers; NotAllowed where one is no question."""
        self.check(account)
        questions = [question for question, _ in chosen]
        if not set(questions) <= set(self.there):
            raise NotAllowed
        if len(set(questions)) < len(questions):
            return QuestionFault.SAME_QUESTION
        try:
            answers = [security_questions.answer(text) for _, text in chosen]
        except BadAnswer:
            return QuestionFault.LENGTH
        if not security_questions.different(answers):
            return QuestionFault.SAME_ANSWER
        kept = [
            Answered(question, await self._hashes.hashed(answer))
            for question, answer in zip(questions, answers, strict=True)
        ]
        secret = security_questions.spelled(kept)
        method = NewMethod(account.person.guid, _KIND, "", secret)
        await self._registration.add(account, method, origin)
        return None
