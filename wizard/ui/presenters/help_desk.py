"""What is sent to a help desk about people who can't be reset: plain lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.ldap import dn
from agent.verdict.causes import CAUSES
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.failure import sentence
from wire.text import Text, moment, plural
from wizard.ui.formatting import line, say, to_copy
from wizard.ui.presenters.verdict import WORDS, alike, names_of

MOST_COPIED = 100  # people in one text; of more there is the file


@dataclass(frozen=True)
class Case:
    """One person and the answers; the names are as they are shown."""

    name: str
    sign_in_name: str
    verdict: Verdict

    @property
    def container(self) -> str:
        """Where the person is, as administrators say it."""
        return container_of(self.verdict.dn)


def container_of(where: str) -> str:
    """Name what an object lies in, as administrators say it; a DN where that fails."""
    return _canonical(dn.parent(where))


@lru_cache(maxsize=4096)
def _canonical(name: str) -> str:
    try:
        return dn.canonical(name)
    except dn.BadName:
        return name


def help_desk_text(cases: Sequence[Case]) -> str:
    """Write who, what, cause, remedy and code of each, with an empty line between."""
    texts = ["\n".join(_lines(case)) for case in cases[:MOST_COPIED]]
    left_out = len(cases) - MOST_COPIED
    if left_out > 0:
        texts.append(_said(_others(left_out)))
    return "\n\n".join(texts)


def _others(count: int) -> Text:
    return plural(
        "{count} person more is in the file of Export.",
        "{count} people more are in the file of Export.",
        count,
    )


def _lines(case: Case) -> Iterator[str]:
    who = Text("Person: {name} ({sign_in})", name=case.name, sign_in=case.sign_in_name)
    yield _said(who)
    yield _said(Text("OU: {container}", container=case.container))
    yield _said(Text("DN: {dn}", dn=case.verdict.dn))
    for answer, operations in alike(case.verdict).items():
        yield from map(_said, _answer(names_of(operations), answer))


def _answer(names: str, answer: OperationVerdict) -> Iterator[Text]:
    if answer.state is State.YES:
        yield Text("{operations}: {state}", operations=names, state=WORDS["ok"])
        return
    state = WORDS["failed" if answer.state is State.NO else "warning"]
    yield Text("{operations}: {state}", operations=names, state=state)
    yield Text("Cause: {cause}", cause=CAUSES[answer.cause].title)
    yield Text("Shown by: {what}", what=sentence(answer.shown_by))
    if answer.until:
        until = moment(answer.until, zone=True)
        yield Text("It works from {time}.", time=until)
    if answer.remedy:
        yield Text("What to do: {remedy}", remedy=answer.remedy)
    yield Text("Code: {code}", code=answer.code.value)


def _said(text: Text) -> str:
    return to_copy(line(say(text)))
