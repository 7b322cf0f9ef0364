"""The controllers of the settings beside those that DNS names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agent.config.settings import DirectorySettings
from wire.text import Text
from wizard.checks.controller_facts import ControllerFacts
from wizard.directory.discovery import Answer
from wizard.results import Check, State

_FIELD = "directory.controllers"
_FEW = 3


def compared(
    facts: Sequence[ControllerFacts],
    answer: Answer | None,
    others: Mapping[str, ControllerFacts] | None = None,
) -> tuple[ControllerFacts, ...]:
    """Say of each whether DNS names it, and add those that DNS alone names.

    The answer of DNS is None before there is one; `others`, by host, is what was found
    of those that DNS alone names.
    """
    if answer is None or answer.unavailable:
        return tuple(facts)
    named = {controller.host.casefold() for controller in answer.controllers}
    configured = {each.host.casefold() for each in facts}
    known = [replace(each, in_dns=each.host.casefold() in named) for each in facts]
    more = (each.host for each in answer.controllers)
    alone = (host for host in more if host.casefold() not in configured)
    inspected = others or {}
    return (*known, *(inspected.get(host) or of_dns(host) for host in alone))


def of_dns(host: str) -> ControllerFacts:
    """Begin the facts of a controller that DNS alone names."""
    return ControllerFacts(host, source="DNS SRV", in_dns=True)


def notes_of(settings: DirectorySettings, answer: Answer | None) -> tuple[Check, ...]:
    """Say what the controllers together come to; nothing before DNS has answered."""
    return tuple(_notes(settings, answer)) if answer else ()


def _notes(settings: DirectorySettings, answer: Answer) -> Iterator[Check]:
    configured = {each.host.casefold() for each in settings.controllers}
    others = [c.host for c in answer.controllers if c.host.casefold() not in configured]
    if answer.unavailable:
        detail = Text(
            "DNS does not name the controllers of {domain}: {why}. Those of the "
            "settings are tried all the same.",
            domain=settings.domain,
            why=answer.unavailable,
        )
        yield Check("controllers/dns", "Controllers named by DNS", "info", detail)
    if len(configured) == 1:
        yield _single(next(iter(configured)), others, answer)


def _single(host: str, others: Sequence[str], answer: Answer) -> Check:
    detail = Text(
        "Only {host} is named: no password is reset while it is down.", host=host
    )
    remedy = Text("Add a second controller where the domain has one.")
    if others:
        few = ", ".join(others[:_FEW])
        remedy = Text("Add another; DNS names {few}.", few=few)
    elif not answer.unavailable:
        detail = Text(
            "The domain has one controller: no password is reset while {host} is down.",
            host=host,
        )
        remedy = Text("Have a second controller set up.")
    state: State = "warning" if others else "info"
    title, field = Text("A second controller"), _FIELD if others else None
    return Check("controllers/single", title, state, detail, remedy, field=field)
