"""The report of a plan: chosen, reached, changed, rolled back, kept, verified."""

import getpass
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.system.version import VERSION
from agent.verdict.causes import CAUSES, Cause
from wire.operation import Operation
from wire.text import EMPTY, Text, verbatim
from wizard.controller.permissions import Coverage
from wizard.flow.choices import Choice, PageChoices
from wizard.grants.planned_entries import PlannedEntry, planned_entries
from wizard.plan.change import Change, Plan
from wizard.report.document import Document, Item, Origin, Section
from wizard.results import Check
from wizard.steps.order import reversal

GROUPS: Mapping[str, Callable[[int], Text]] = {
    "created": lambda count: Text("Will be created ({count})", count=count),
    "changed": lambda count: Text("Will be changed ({count})", count=count),
    "removed": lambda count: Text("Will be removed ({count})", count=count),
    "gone": lambda count: Text("Will be removed for good ({count})", count=count),
}
_STATES = {
    "ok": Text("OK"),
    "failed": Text("Failed"),
    "warning": Text("Warning"),
    "skipped": Text("Skipped"),
    "info": Text("For your information"),
}


@dataclass(frozen=True)
class PlanFacts:
    """What a report tells of.

    `reach` is the coverage of the scope as chosen, or in words why it is not known;
    None where it says nothing. `portal` is the fingerprint to compare, whole or its
    beginning; `verified` the rows of checks that were made on the way.
    """

    plan: Plan
    chosen: Sequence[PageChoices] = ()
    kept: Sequence[Text] = ()
    reach: Coverage | Text | None = None
    portal: str = ""
    verified: Sequence[Check] = ()


def origin_here() -> Origin:
    """Say that a report is made now, by whoever runs this, on this machine."""
    made = datetime.now(UTC)
    who = getpass.getuser()
    return Origin(socket.gethostname(), made, who, VERSION)


def plan_report(facts: PlanFacts, origin: Origin) -> Document:
    """Make the report of a plan before it is applied."""
    title = Text("Plan of changes for password writeback")
    if facts.plan.removes:
        title = Text("Plan to remove password writeback")
    sections = (
        *_reach(facts.reach),
        *_portal(facts.portal),
        *map(chosen_section, facts.chosen),
        *_changes(facts.plan.changes),
        *_list(Text("Will be kept"), facts.kept),
        *verified_sections(facts.verified),
    )
    return Document(title, origin, sections)


def _reach(reach: Coverage | Text | None) -> Iterator[Section]:
    if reach is None:
        return
    title = Text("Who will be able to reset")
    if isinstance(reach, Text):
        yield Section(title, (Item(Text("Not known: {reason}", reason=reach)),))
        return
    causes = tuple(
        Item(Text("{count}", count=count), label) for label, count in causes_of(reach)
    )
    yield Section(title, (Item(reach_in_words(reach)), *causes))


def reach_in_words(coverage: Coverage) -> Text:
    """Say how many people of the scope will be able to reset."""
    works, people = coverage.would_work, coverage.people
    if not people:
        return Text("Nobody is in the scope.")
    if not coverage.complete:
        return Text(
            "{works} of the first {people} people in the scope will be able to reset.",
            works=works,
            people=people,
        )
    return Text(
        "{works} of {people} people in the scope will be able to reset.",
        works=works,
        people=people,
    )


def causes_of(coverage: Coverage) -> Iterator[tuple[Text, int]]:
    """Give why others will not, the most people first, with their number."""
    counts = coverage.causes.get(Operation.RESET, {})
    for cause, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        if cause is not Cause.NONE:
            yield CAUSES[cause].title, count


def _portal(fingerprint: str) -> Iterator[Section]:
    if fingerprint:
        intro = Text("Your portal must show the same; else this is not your portal.")
        item = Item(verbatim(fingerprint), exact=True)
        yield Section(Text("Compare with your portal"), (item,), intro)


def chosen_section(group: PageChoices) -> Section:
    """Give what one page decides."""
    title = Text("Chosen: {page}", page=group.page.title)
    items = tuple(map(_choice, group.choices))
    return Section(title, items, page=group.page.id if group.asked else "")


def _choice(choice: Choice) -> Item:
    if len(choice.values) == 1:
        value = choice.values[0]
        exact = choice.exact and not value.template  # as "None" is no name
        return Item(value, choice.label, choice.source, exact=exact)
    below = tuple(Item(value, exact=choice.exact) for value in choice.values)
    number = Text("{count} in all", count=len(below))
    return Item(number, choice.label, choice.source, below=below)


def _changes(changes: Sequence[Change]) -> Iterator[Section]:
    if not changes:
        nothing = Text("Nothing to do: everything is as the settings say.")
        yield Section(Text("Changes"), (Item(nothing),))
    for group, title in GROUPS.items():
        of_group = [change for change in changes if change.group == group]
        if of_group:
            yield Section(title(len(of_group)), tuple(map(change_item, of_group)))


def change_item(change: Change) -> Item:
    """Give one change with its entries, and what rolling it back does."""
    entries = tuple(map(_entry, planned_entries(change)))
    back = Item(reversal(change), Text("If it is rolled back"))
    admin = Text("needs a domain administrator") if change.needs_admin else EMPTY
    return Item(change.summary, note=admin, below=(*entries, back))


def _entry(entry: PlannedEntry) -> Item:
    text = Item(verbatim(entry.sddl), verbatim("SDDL"), exact=True)
    return Item(entry.words, Text("Entry"), below=(text,))


def _list(title: Text, texts: Sequence[Text]) -> Iterator[Section]:
    if texts:
        yield Section(title, tuple(map(Item, texts)))


def verified_sections(checks: Sequence[Check]) -> Iterator[Section]:
    """Give what was found to be in order on the way, and what was not."""
    items = tuple(
        Item(check.detail, check.title, _STATES[check.state]) for check in checks
    )
    if items:
        yield Section(Text("Verified"), items)
