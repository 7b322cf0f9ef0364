"""What was verified on the way, told again in few rows: of controllers, what is equal.

Each controller has seven facts; of a dozen the rows that need a look would be lost.
"""

from collections.abc import Iterator, Sequence

from wire.text import Text, listed, plural
from wizard.checks.controller_facts import FACTS
from wizard.results import Check

_TITLE = Text("Domain controllers")


def summed_up(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Give the checks with what is in order of several controllers put together.

    What is not in order of a controller stays a row of its own, as do other checks.
    """
    sound: dict[str, list[str]] = {}  # hosts by fact
    for check in checks:
        host, _, fact = check.id.rpartition("/")
        if _is_sound(check):
            sound.setdefault(fact, []).append(host)
    rows: list[Check] = []
    told = False
    for check in checks:
        if not _is_sound(check):
            rows.append(check)
        elif not told:
            told = True
            rows += _together(sound)
    return tuple(rows)


def _is_sound(check: Check) -> bool:
    host, _, fact = check.id.rpartition("/")
    return bool(host) and fact in FACTS and check.state == "ok"


def _together(sound: dict[str, list[str]]) -> Iterator[Check]:
    """Give a row for the facts that are in order of the same controllers."""
    facts: dict[tuple[str, ...], list[str]] = {}
    for fact, hosts in sound.items():
        facts.setdefault(tuple(hosts), []).append(fact)
    for alike, names in facts.items():
        detail = plural(
            "{count} controller: {facts}",
            "{count} controllers: {facts}",
            len(alike),
            facts=listed([FACTS[each] for each in names], ", "),
        )
        yield Check("controllers", _TITLE, "ok", detail)
