"""Self-service in words: how many people may, what becomes of them, what is wrong."""

from collections.abc import Iterator

from agent.self_service.eligibility import WhyNot
from agent.verdict.causes import CAUSES, Cause
from wire.text import Text, plural
from wizard.flow.pages.self_service import KINDS, PROOFS, TWO
from wizard.permissions.self_service_count import SelfServiceReach


def eligible_in_words(reach: SelfServiceReach) -> Text:
    """Say how many people of the scope may reset their own password."""
    if not reach.people:
        return Text("Nobody is in the scope.")
    if not reach.complete:
        return Text(
            "{count} of the first {people} people in the scope may reset their own "
            "password",
            count=reach.eligible,
            people=reach.people,
        )
    return plural(
        "{count} person of {people} in the scope may reset their own password",
        "{count} of {people} people in the scope may reset their own password",
        reach.eligible,
        people=reach.people,
    )


def counts_of(
    reach: SelfServiceReach, *, two_proof_named: bool
) -> Iterator[tuple[Text, int]]:
    """Give what becomes of them, each with its number; what is nobody is left out."""
    if reach.eligible:
        yield Text("can reset it"), reach.would_work
    yield from _cannot(reach)
    if two_proof_named:
        yield Text("of them always need two methods"), reach.two_proof
    if excepted := reach.why_not.get(WhyNot.EXCEPTION, 0):
        yield Text("others are exceptions"), excepted


def _cannot(reach: SelfServiceReach) -> Iterator[tuple[Text, int]]:
    if reach.protected:
        yield Text("never can: protected by AdminSDHolder"), reach.protected
    for cause, count in sorted(reach.causes.items(), key=lambda pair: -pair[1]):
        if cause not in (Cause.NONE, Cause.PROTECTED):
            yield Text("can't: {cause}", cause=CAUSES[cause].title), count


def wrong_methods(path: str, proofs: int) -> Text | None:
    """Say what is wrong with the methods, as the page asks them; None for no words.

    `path` is the field that the settings refuse; `proofs` how many are asked for.
    """
    if path == TWO:
        return Text(
            "They need two methods, of which text messages and security questions are "
            "none, and fewer are ticked. Tick another."
        )
    if path == KINDS:
        return Text(
            "Security questions and e-mail are never enough together. Tick another."
        )
    if path == PROOFS and proofs == 1:
        return Text(
            "Security questions are never enough alone. Ask for two, or clear them."
        )
    if path == PROOFS:
        return Text(
            "Two are asked for, and only one that counts is ticked. Tick another, or "
            "ask for one."
        )
    return None
