"""What people are given: a guide of one page, and the mails that announce it. Pure."""

from collections.abc import Iterator

from rollout.document import Block, Document, heading, items, paragraphs, steps
from rollout.facts import Facts
from rollout.kinds import REGISTERING
from wire.operation import Operation
from wire.text import EMPTY, Text, plural, verbatim


def guide(facts: Facts) -> Document:
    """Say on one page how to register, and what to do on the day it is needed."""
    title = Text("Your password at {organization}", organization=facts.organization)
    parts = (*_before(facts), *_on_the_day(facts), *_safety(facts), *_help(facts))
    return Document(title, parts)


def announcement(facts: Facts) -> Document:
    """Say by mail that there is something new, and what to do today."""
    title = Text("Reset your own password: set it up now")
    begin = paragraphs(
        Text("Hello,"),
        Text(
            "from now on you do not need the help desk if you forgot your password at "
            "{organization}. You can help yourself at any hour, on any device:",
            organization=facts.organization,
        )
        if Operation.RESET in facts.operations
        else Text(
            "from now on you can do more with your account at {organization} yourself, "
            "at any hour and on any device:",
            organization=facts.organization,
        ),
    )
    return Document(
        title,
        (
            begin,
            items(*_abilities(facts)),
            paragraphs(
                Text("It works after you set it up once. It takes about five minutes:")
            ),
            steps(*_registering(facts)),
            *_mail_end(facts),
        ),
    )


def reminder(facts: Facts) -> Document:
    """Say by mail that somebody has not set it up yet."""
    title = Text("Not set up yet: how you reset your own password")
    begin = paragraphs(
        Text("Hello,"),
        Text(
            "you have not yet set up how you prove who you are at {organization}. "
            "Without it you cannot help yourself on the day when you forgot your "
            "password. It takes about five minutes:",
            organization=facts.organization,
        ),
    )
    return Document(title, (begin, steps(*_registering(facts)), *_mail_end(facts)))


def help_line(facts: Facts) -> tuple[Text, ...]:
    """Give the lines of whom to call; a sentence where the settings name nobody."""
    line = facts.help
    told = (
        verbatim(line.text),
        Text("Telephone: {number}", number=line.phone) if line.phone else EMPTY,
        Text("Page: {address}", address=line.url) if line.url else EMPTY,
    )
    return tuple(filter(None, told)) or (Text("Your help desk."),)


def _before(facts: Facts) -> Iterator[Block]:
    yield heading(Text("Before you need it: set it up"))
    yield steps(*_registering(facts))
    yield items(*(REGISTERING[kind] for kind in facts.kinds))
    yield paragraphs(*_good_to_know(facts))


def _registering(facts: Facts) -> Iterator[Text]:
    where = {
        "networks": Text(
            "On a computer in your organization's network, open {address} and choose "
            "“How I prove who I am”.",
            address=facts.portal,
        ),
        "code": Text(
            "Get a code from your help desk. Open {address} and choose “How I prove "
            "who I am”.",
            address=facts.portal,
        ),
    }
    anywhere = Text(
        "Open {address} and choose “How I prove who I am”.", address=facts.portal
    )
    yield where.get(facts.allowed_from, anywhere)
    if facts.allowed_from == "code":
        yield Text("Sign in with your sign-in name and that code.")
    else:
        yield Text("Sign in with your sign-in name and your password.")
    yield plural(
        "Add a verification method.",
        "Add {count} verification methods, so that you are safe when one is lost.",
        facts.to_register,
    )


def _good_to_know(facts: Facts) -> Iterator[Text]:
    if facts.wait_hours:
        yield plural(
            "A new method counts after an hour.",
            "A new method counts after {count} hours.",
            facts.wait_hours,
        )
    if facts.confirm_days:
        yield plural(
            "Each day the page asks whether all of them are still yours.",
            "Every {count} days the page asks whether all of them are still yours.",
            facts.confirm_days,
        )
    if facts.two_proof and facts.proofs == 1:
        yield Text(
            "Some people, such as those who work with sensitive data, are always asked "
            "for two of them."
        )
    if facts.two_proof and facts.allowed_from != "code":
        yield Text(
            "People who are always asked for two methods get a code from the help desk "
            "first, and sign in with that to add their first one."
        )


def _on_the_day(facts: Facts) -> Iterator[Block]:
    if Operation.RESET in facts.operations:
        yield heading(Text("You forgot your password"))
        yield steps(*_forgotten(facts))
    if Operation.UNLOCK in facts.operations:
        yield heading(Text("Your account is locked"))
        yield paragraphs(
            Text(
                "Choose “My account is locked”. Where you know your password, you "
                "need no new one."
            )
        )
    if Operation.CHANGE in facts.operations:
        yield heading(Text("You know your password and want another"))
        yield paragraphs(
            Text(
                "Choose “Change my password”. This works too when it has expired, and "
                "when you were given one for the first day."
            )
        )


def _forgotten(facts: Facts) -> Iterator[Text]:
    yield Text(
        "Open {address} on any device and choose “I forgot my password”.",
        address=facts.portal,
    )
    yield Text("Type your sign-in name.")
    if facts.proofs > 1 and facts.passkey_alone:
        yield Text("Prove who you are: with your passkey, or with two other methods.")
    else:
        yield plural(
            "Prove who you are with one of your methods.",
            "Prove who you are with {count} of your methods.",
            facts.proofs,
        )
    yield Text(
        "Choose a new password. The page shows the rules before you type, and says in "
        "a second whether it is set."
    )
    yield Text(
        "Use the new one everywhere: on this computer, in your phone's mail, for VPN. "
        "A laptop away from the office knows the old one until it reaches the network."
    )


def _safety(facts: Facts) -> Iterator[Block]:
    yield heading(Text("How to know that it is us"))
    yield items(
        Text(
            "The address begins with {address}. Type it, or use a bookmark.",
            address=facts.portal,
        ),
        Text(
            "We never ask for your password, and we never call or write to ask for a "
            "code. Only where you call the help desk yourself may you be asked to read "
            "one back."
        ),
        Text(
            "You get a mail after each change. If it was not you, choose “This wasn't "
            "me” on the portal, or call at once."
        ),
    )


def _help(facts: Facts) -> Iterator[Block]:
    yield heading(Text("If it does not work"))
    yield paragraphs(
        Text("Have the reference at hand that the page shows. It says what happened."),
        *help_line(facts),
    )


def _abilities(facts: Facts) -> Iterator[Text]:
    if Operation.RESET in facts.operations:
        yield Text("set a new password when you forgot yours")
    if Operation.UNLOCK in facts.operations:
        yield Text("unlock your account")
    if Operation.CHANGE in facts.operations:
        yield Text("change your password, also one that has expired")


def _mail_end(facts: Facts) -> Iterator[Block]:
    # a mail with a link teaches people to press links in mails
    yield paragraphs(Text("Type the address yourself: this mail has no link to press."))
    yield paragraphs(Text("If it does not work:"), *help_line(facts))
