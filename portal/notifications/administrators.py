"""What administrators are told by mail: of which events, in which words. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from portal.audit.event import Event, EventKind
from portal.database.outbox import MAIL, Message
from portal.settings import Settings
from portal.templating import LANGUAGES, Templates
from wire.outcomes import Code

_DONE = frozenset({str(Code.OK), str(Code.PARTIAL)})


class AdministratorNotice(StrEnum):
    """What they are told; each has a template of its name."""

    TWO_METHOD_RESET = "two_method_reset"
    HELP_DESK_RESET = "help_desk_reset"
    BREAKER_OPEN = "breaker_open"
    NEW_AGENT = "new_agent"
    AGENT_LET_IN = "agent_let_in"
    AGENT_RESTORED = "agent_restored"
    AGENTS_DIFFER = "agents_differ"
    NOT_ME = "not_me"
    MESSAGES_FAILING = "messages_failing"
    HELD_BACK = "held_back"


# what the help desk must know too: somebody will call
OF_HELP_DESK = frozenset({AdministratorNotice.NOT_ME})


def notice_of(event: Event) -> AdministratorNotice | None:
    """Say what administrators are told of an event; None: nothing."""
    if event.code == Code.BREAKER_OPEN:
        return AdministratorNotice.BREAKER_OPEN
    if event.kind is EventKind.BLOCKED and event.actor is None:
        return AdministratorNotice.NOT_ME
    if event.kind is not EventKind.PASSWORD_RESET or event.code not in _DONE:
        return None
    if event.actor is not None:
        return AdministratorNotice.HELP_DESK_RESET
    if event.detail.get("two_proof"):
        return AdministratorNotice.TWO_METHOD_RESET
    return None


def administrator_mails(
    settings: Settings,
    templates: Templates,
    kind: AdministratorNotice,
    *,
    now: float,
    to: Iterable[str],
    **fields: Any,
) -> list[Message]:
    """Make the mails of one notice, one to each address."""
    language = settings.notify.language
    mail = templates.mail(
        f"administrators/{kind}",
        language if language in LANGUAGES else LANGUAGES[0],
        organization=settings.organization,
        base_url=settings.base_url,
        when=datetime.fromtimestamp(now, UTC),
        **fields,
    )
    return [
        Message(MAIL, str(kind), None, each, mail.subject, mail.text, mail.html)
        for each in dict.fromkeys(to)
    ]
