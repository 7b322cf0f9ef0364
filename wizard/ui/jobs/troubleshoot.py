"""Finding a person and asking about them, off the GUI thread."""

from dataclasses import dataclass

from agent.config.settings import Settings
from agent.verdict.causes import CAUSES
from wire.failure import sentence
from wire.outcomes import Code, Refused
from wire.text import Text
from wizard.checks.outcome import Outcome
from wizard.controller.controller import Controller
from wizard.controller.permissions import Explained
from wizard.health.person_answers import PersonAnswers
from wizard.inputs import Inputs
from wizard.permissions.people_search import FoundPeople, FoundPerson
from wizard.results import Check
from wizard.ui.presenters.verdict import checks_of

_TITLE = Text("Person")
_TYPE = Text(
    "Type the beginning of a first or last name, a sign-in name, a mail address, a DN "
    "or a GUID."
)


@dataclass(frozen=True)
class Explanation(Outcome):
    """The rows, the person they are about, and what that person was answered."""

    found: FoundPeople | None = None
    person: FoundPerson | None = None
    explained: Explained | None = None
    answers: PersonAnswers | None = None

    @property
    def is_fixed_by_grant(self) -> bool:
        """Whether a grant on a container would end the cause of an operation."""
        if self.explained is None:
            return False
        verdict = self.explained.verdict
        answers = (verdict.reset, verdict.change, verdict.unlock, verdict.must_change)
        return any(CAUSES[answer.cause].mended_by_grant for answer in answers)


@dataclass(frozen=True)
class Troubleshooter:
    """Asks for one set of settings; calls block."""

    controller: Controller
    settings: Settings
    inputs: Inputs

    def find(self, words: str) -> Outcome:
        """Find whom the words mean, and ask about the person where it is only one."""
        try:
            found = self.controller.permissions.find_people(
                self.settings, self.inputs, words
            )
        except Refused as error:
            return _refused(error)
        if not found.people:
            nobody = Text("Nobody is so named in the domain: {name}.", name=words)
            return Outcome((Check("person", _TITLE, "warning", nobody, _TYPE),))
        only = found.people[0] if len(found.people) == 1 else found.exact
        return self.ask(only, found) if only else Explanation((), found=found)

    def ask(self, person: FoundPerson, found: FoundPeople | None = None) -> Outcome:
        """Ask what would come of each operation, and what was answered."""
        guid = str(person.guid)
        try:
            explained = self.controller.permissions.explain(
                self.settings, self.inputs, "objectGUID", guid
            )
        except Refused as error:
            return _refused(error)
        answers = self.controller.health.answers_about(person)
        rows = checks_of(explained.verdict)
        return Explanation(
            rows, found=found, person=person, explained=explained, answers=answers
        )


def _refused(error: Refused) -> Outcome:
    # nobody sent it but this page
    remedy = _TYPE if error.code is Code.BAD_REQUEST else error.outcome.remedy
    row = Check("person", _TITLE, "failed", sentence(error.detail), remedy)
    return Outcome((row,))
