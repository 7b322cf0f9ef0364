"""The controllers looked at without a sign-in, a few at a time, each told as it ends.

A stranger may see all of it: the certificate, the version of TLS, and the rootDSE with
the policy hints, the clock and the level. Of those that DNS alone names, the
certificate is looked at and no more.
"""

import threading
from dataclasses import dataclass, field, replace

from agent.config.settings import DirectorySettings
from wire.text import Text
from wizard.checks.controller_dns import compared, notes_of, of_dns
from wizard.checks.controller_facts import ControllerFacts, Inspection, checks_of
from wizard.checks.controller_probe import read_root, see_certificate
from wizard.checks.controller_rating import judged
from wizard.checks.outcome import Outcome, Report
from wizard.checks.side_by_side import side_by_side
from wizard.directory.discovery import Answer, ask_controllers
from wizard.inputs import Draft
from wizard.plan.change import Context
from wizard.results import Check
from wizard.trusted_authority import authority_checks

_STOPPED = Text("Not looked at: stopped.")
MOST_OTHERS = 20  # of those that DNS alone names
TOO_MANY = Text(
    "Not looked at: DNS names more than {number} others.", number=MOST_OTHERS
)


def run(
    draft: Draft, _context: Context, stop: threading.Event, report: Report
) -> Outcome:
    """Look at each controller; a report has those alone of which more is known."""
    settings = draft.needed_directory()
    inspection = _Look(settings, stop, report).run()
    return outcome_of(inspection, settings)


def merged(
    known: Inspection, news: Inspection, settings: DirectorySettings
) -> Inspection:
    """Put what is newly known over what was: those of the settings first, in order."""
    facts = {each.host.casefold(): each for each in known.controllers}
    facts |= {each.host.casefold(): each for each in news.controllers}
    used = [each.host.casefold() for each in settings.controllers]
    others = [each for host, each in facts.items() if host not in used]
    found = [facts[host] for host in used if host in facts]
    answer = news.answer or known.answer
    return Inspection(settings.domain, (*found, *others), answer=answer)


def outcome_of(inspection: Inspection, settings: DirectorySettings) -> Outcome:
    """Say what facts come to for the page: what keeps the journey there, and why."""
    rows = tuple(rows_of(inspection.controllers))
    notes = notes_of(settings, inspection.answer)
    inspection = replace(inspection, notes=notes, step="")
    trusted = authority_checks(settings)
    return Outcome((*rows, *trusted, *notes), inspection=inspection)


def rows_of(controllers: tuple[ControllerFacts, ...]) -> list[Check]:
    """Give what was found as checks; one that is down beside a sound one is a warning.

    The agent goes on to the next controller while one does not answer.
    """
    used = [each for each in controllers if each.source == "settings"]
    sound = any(each.cells and each.state in ("ok", "warning") for each in used)
    rows = []
    for facts in used:
        for row in checks_of(facts):
            down = row.state == "failed" and facts.handshake is None and sound
            rows.append(replace(row, state="warning") if down else row)
    return rows


@dataclass
class _Look:
    """One look at all: the facts so far, put together from several threads."""

    settings: DirectorySettings
    stop: threading.Event
    report: Report
    answer: Answer | None = None
    facts: dict[str, ControllerFacts] = field(default_factory=dict)
    others: dict[str, ControllerFacts] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> Inspection:
        """Ask DNS and the controllers at once, then those that DNS alone names."""
        asking = threading.Thread(target=self._ask_dns, daemon=True)
        asking.start()
        begun = [ControllerFacts(c.host, c.address) for c in self.settings.controllers]
        self.facts = {each.host: each for each in begun}
        side_by_side(self._look, begun)
        asking.join()
        known = compared(tuple(self.facts.values()), self.answer)
        alone = [each.host for each in known if each.source == "DNS SRV"]
        for host in alone[MOST_OTHERS:]:
            self.others[host] = replace(of_dns(host), held_back=TOO_MANY)
        side_by_side(self._look_at_other, alone[:MOST_OTHERS])
        return self._whole()

    def _ask_dns(self) -> None:
        self.answer = ask_controllers(self.settings.domain)
        self._tell(())

    def _look(self, facts: ControllerFacts) -> None:
        self._keep(replace(facts, doing="certificate"))
        facts = self._seen(facts)
        if facts.trusted and not self.stop.is_set():
            facts = read_root(facts, self.settings)
        self._keep(facts)

    def _look_at_other(self, host: str) -> None:
        facts = self._seen(of_dns(host))
        with self.lock:
            self.others[host] = facts
        self._tell((facts,))

    def _seen(self, facts: ControllerFacts) -> ControllerFacts:
        if self.stop.is_set():
            return replace(facts, held_back=_STOPPED)
        return see_certificate(facts, self.settings)

    def _keep(self, facts: ControllerFacts) -> None:
        with self.lock:
            self.facts[facts.host] = facts
        self._tell((facts,))

    def _tell(self, news: tuple[ControllerFacts, ...]) -> None:
        rated = tuple(judged(each, self.settings) for each in news)
        self.report(
            Inspection(self.settings.domain, rated, step="others", answer=self.answer)
        )

    def _whole(self) -> Inspection:
        known = compared(tuple(self.facts.values()), self.answer, self.others)
        rated = tuple(judged(each, self.settings) for each in known)
        return Inspection(self.settings.domain, rated, answer=self.answer)
