"""Containers in words: their kind, how they stand in the scope, who is in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.ldap.dn import canonical, same
from wire.text import EMPTY, Text, TextAttribute, plural
from wizard.controller.permissions import Coverage
from wizard.results import ContainerKind, PeopleBelow
from wizard.ui.jobs.container_reach import ContainerFigures
from wizard.ui.presenters.container_selection import ContainerSelection


@dataclass(frozen=True)
class KindWords:
    """The icon of a kind of container, and what it is called."""

    icon: str
    name: TextAttribute = TextAttribute()


KINDS: Mapping[ContainerKind, KindWords] = {
    "domain": KindWords("globe", Text("Domain")),
    "organizational unit": KindWords("folder-tree", Text("Organizational unit")),
    "container": KindWords("folder", Text("Container")),
    "built-in": KindWords("folder-cog", Text("Built-in container")),
}


def standing(selection: ContainerSelection, dn: str) -> Text:
    """Say whether a container is in the scope, and by what."""
    deciding, others = selection.deciding(dn), selection.turning(dn)
    if deciding is None or not deciding.included:
        return _outside(deciding.dn if deciding else "", dn, others)
    if others:
        return plural(
            "In the scope, except {count} container below it.",
            "In the scope, except {count} containers below it.",
            others,
        )
    if same(deciding.dn, dn):
        return Text("In the scope, with everything below it.")
    return Text("In the scope through {name}.", name=canonical(deciding.dn))


def _outside(excluded: str, dn: str, others: int) -> Text:
    if others:
        return plural(
            "Not in the scope itself; {count} container below it is.",
            "Not in the scope itself; {count} containers below it are.",
            others,
        )
    if not excluded:
        return Text("Not in the scope.")
    if same(excluded, dn):
        return Text("Left out: nobody in it is reset.")
    return Text("Left out with {name}.", name=canonical(excluded))


def figures_in_words(figures: ContainerFigures) -> Text:
    """Say how many people there are, and how many of them can reset."""
    if figures.coverage is not None:
        return _checked(figures.coverage)
    return _counted(figures.people) if figures.people is not None else EMPTY


def _checked(coverage: Coverage) -> Text:
    people, works = coverage.people, coverage.would_work
    rest = people - works
    if not people:
        return Text("Nobody is in it.")
    if not coverage.complete:
        return Text(
            "The first {people} people: {works} can reset, {rest} can't",
            people=people,
            works=works,
            rest=rest,
        )
    if not rest:
        return plural(
            "{count} person, who can reset", "{count} people: all can reset", people
        )
    return plural(
        "{count} person: {works} can reset, {rest} can't",
        "{count} people: {works} can reset, {rest} can't",
        people,
        works=works,
        rest=rest,
    )


def _counted(found: PeopleBelow) -> Text:
    if found.more:
        return Text("More than {count} people", count=found.people)
    if not found.people:
        return Text("Nobody is in it.")
    return plural("{count} person", "{count} people", found.people)


def named_in_words(dn: str, *, included: bool, gone: bool) -> Text:
    """Name a container of the scope as a line of the list."""
    name = canonical(dn)
    if gone:
        absent = Text("Not found: {name}", name=name)
        return absent if included else Text("Not found: except {name}", name=name)
    return Text("{name}", name=name) if included else Text("Except {name}", name=name)
