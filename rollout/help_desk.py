"""The help desk's script: who calls, what is done for them, and what never. Pure.

Callers talk help desks into resets: what a stranger can find out is no proof (CISA and
FBI, advisory AA23-320A).
"""

from collections.abc import Iterator

from rollout.document import Block, Document, boxes, heading, items, paragraphs, steps
from rollout.facts import Facts
from rollout.kinds import NAMES
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind
from wire.text import Text

# what a caller can read out, or does beside the telephone
_READ_BACK = (ProofKind.TOTP, ProofKind.EMAIL, ProofKind.SMS)


def script(facts: Facts) -> Document:
    """Say step by step what the help desk does when somebody calls."""
    title = Text(
        "Help desk: somebody can't sign in at {organization}",
        organization=facts.organization,
    )
    return Document(
        title,
        (
            *_send_them(facts),
            *_verify(facts),
            *_help(facts),
            *_never(),
            *_suspicious(),
        ),
    )


def _send_them(facts: Facts) -> Iterator[Block]:
    yield heading(Text("1. Can the caller do it alone?"))
    if facts.operations:
        yield steps(
            Text(
                "Ask whether the caller has tried {address}. People who set it up are "
                "done in a minute.",
                address=facts.portal,
            ),
            Text("Ask for the reference that the page showed."),
        )
    else:
        yield paragraphs(Text("Nobody can reset their own password yet. Go on with 2."))


def _verify(facts: Facts) -> Iterator[Block]:
    yield heading(Text("2. Verify the caller first"))
    yield paragraphs(
        Text(
            "Open {address}/staff and find the person by their sign-in name. Nothing "
            "of the person is shown before one of these is done:",
            address=facts.portal,
        )
    )
    read_back = [NAMES[kind] for kind in _READ_BACK if kind in facts.kinds]
    yield boxes(
        *(Text("The caller reads back a {code}.", code=code) for code in read_back),
        Text("You call back the number on file, not the one that the caller names."),
        Text(
            "The person stands before you with an identity card, and a colleague "
            "confirms it."
        ),
    )
    if facts.two_proof:
        yield paragraphs(
            Text(
                "People who always prove two are helped by two of you. One stays with "
                "the caller. The other asks who calls, how that is known and why, and "
                "confirms it on their own page. Then the first one gives the code."
            )
        )


def _help(facts: Facts) -> Iterator[Block]:
    yield heading(Text("3. Help"))
    yield items(*_ways(facts))
    yield paragraphs(
        Text(
            "Where the page says why the person can't reset, do what it says. Each of "
            "your steps is recorded with your name and your reason, and the person "
            "gets a mail."
        )
    )


def _ways(facts: Facts) -> Iterator[Text]:
    if Operation.UNLOCK in facts.help_desk:
        yield Text("The account is locked: unlock it. The password stays as it is.")
    yield Text(
        "Nothing is left to prove it with: give a registration code. It works once, "
        "for an hour. The person sets up new methods with it, and then the password."
    )
    yield Text("A phone is lost or stolen: remove the method that was on it.")
    yield Text(
        "It was not the person: block self-service, and call your security team."
    )
    if Operation.RESET in facts.help_desk:
        yield Text(
            "Only where nothing else works: a password for one sign-in, which has to "
            "be changed there."
        )


def _never() -> Iterator[Block]:
    yield heading(Text("Never"))
    yield items(
        Text("Never ask for a password, and never take one that is read to you."),
        Text(
            "Never accept a date of birth, a personnel number, the manager's name or a "
            "voice: all of it can be found out or imitated."
        ),
        Text("Never send a code to a number or an address that the caller names."),
        Text("Never help before 2 is done, however urgent it is."),
    )


def _suspicious() -> Iterator[Block]:
    yield heading(Text("End the call and report it"))
    yield items(
        Text("The caller urges, threatens, or says to call for a director."),
        Text("The caller wants a method removed and a new one added in one call."),
        Text(
            "The number on file does not answer, and the caller can't be called back."
        ),
        Text("The same person was helped this week already."),
    )
    yield paragraphs(
        Text("The real person can wait for a call back. An attacker can't.")
    )
