"""What is read of an agent's health: what is there, and nothing that changes it.

A front end asks for `read` every few seconds, for the others once an hour: they sign in
to the directory, and shake hands with its controllers.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from agent.config.settings import DirectorySettings
from agent.verdict.causes import CAUSES
from wire.operation import Operation
from wire.system_reason import system_reason
from wire.text import EMPTY, Text, verbatim
from wizard.checks.controller_facts import ControllerFacts
from wizard.checks.controller_probe import see_certificate
from wizard.controller.installation import Installation
from wizard.controller.permissions import Permissions
from wizard.health.audit_records import Budget, recent_records
from wizard.health.person_answers import DAYS, PersonAnswers, Whom, answers_about
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.health.week import Week, begin_of, week_of
from wizard.inputs import Inputs
from wizard.permissions.people_search import FoundPerson
from wizard.plan.change import Context

_TRUST = Text(
    "Change options, Connect directories: compare the fingerprint of its certificate "
    "authority, and trust it."
)
_AT_ONCE = 8
_MOST_CONTROLLERS = 200
# of thirty days, for one person who is asked about
_MOST_RECORDS = 50_000
_MOST_BYTES = 64 * 1024 * 1024


class HealthReadings:
    """What is there to be read; calls block.

    SettingsError: the settings in force can't be used.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._installation = Installation(context)

    def read(self) -> Reading | None:
        """Read status and audit records; None where nothing is installed."""
        installed = self._installation.glance()
        now = datetime.now().astimezone()
        return None if installed is None else Reading(installed, self._week(now), now)

    def _week(self, now: datetime) -> Week:
        place, budget = self._context.host.places.audit, Budget()
        try:
            return week_of(recent_records(place, begin_of(now), budget), now, budget)
        except OSError as error:
            return Week(week_of((), now, budget).days, trouble=system_reason(error))

    def answers_about(self, person: FoundPerson) -> PersonAnswers:
        """Find what this agent answered about a person, in the audit records."""
        since = datetime.now().astimezone() - timedelta(days=DAYS)
        place, budget = (
            self._context.host.places.audit,
            Budget(_MOST_RECORDS, _MOST_BYTES),
        )
        whom = Whom.of(person.dn, person.names)
        try:
            records = recent_records(place, since, budget)
            return answers_about(whom, records, since, budget)
        except OSError as error:
            return PersonAnswers(trouble=system_reason(error))

    def count_people(
        self, *, report: Callable[[int], None], stop: threading.Event
    ) -> PeopleCount | None:
        """Judge everybody in the scope of the settings in force; None when stopped.

        DirectoryError or StepFailed, with the remedy, where the directory can't be
        asked.
        """
        settings = self._context.load_settings()
        coverage = Permissions(self._context).coverage(
            settings,
            Inputs(),
            each=lambda _person: None,
            report=lambda seen: report(seen.people),
            stop=stop,
        )
        if not coverage.complete:
            return None
        causes = coverage.causes[Operation.RESET].items()
        short = sum(people for cause, people in causes if CAUSES[cause].falls_short)
        now = datetime.now().astimezone()
        return PeopleCount(coverage.would_work, coverage.people, short, now)

    def certificates(self) -> tuple[ControllerCertificate, ...]:
        """Ask each controller for its certificate, without a password."""
        directory = self._context.load_settings().directory
        asked = directory.controllers[:_MOST_CONTROLLERS]
        facts = [ControllerFacts(each.host, each.address) for each in asked]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return tuple(pool.map(lambda each: _certificate(each, directory), facts))


def _certificate(
    asked: ControllerFacts, directory: DirectorySettings
) -> ControllerCertificate:
    seen = see_certificate(asked, directory)
    if cell := seen.trouble:
        why, remedy = cell.detail, cell.remedy
        return ControllerCertificate(seen.host, trouble=why, remedy=remedy)
    own = seen.certificate
    if own is None:
        trouble = Text("It shows no certificate.")
        return ControllerCertificate(seen.host, trouble=trouble)
    distrust = EMPTY if own.trusted else verbatim(own.reason)
    remedy = _TRUST if seen.offer and not seen.offer.distrust else EMPTY
    return ControllerCertificate(seen.host, own.not_after, distrust, remedy=remedy)
