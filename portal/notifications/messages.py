"""The messages that people get: which template, with what in it, and for how long."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from portal.database.outbox import MAIL, SMS, Message
from portal.database.people import RegisteredPerson
from portal.methods import one_time_code
from portal.settings import Settings
from portal.templating import LANGUAGES, Templates

# that it happened is worth knowing a day later too
NOTICE_S = 86_400.0


def code_mail(
    settings: Settings,
    templates: Templates,
    to: str,
    code: str,
    language: str,
    *,
    read_out: bool = False,
) -> Message:
    """Make the mail with a code; `read_out`: it is told a helper, not typed."""
    mail = templates.mail(
        "code",
        language,
        organization=settings.organization,
        code=code,
        read_out=read_out,
        minutes=one_time_code.LIFETIME_S // 60,
    )
    return Message(MAIL, "code", None, to, mail.subject, mail.text, mail.html)


def code_text(
    settings: Settings,
    templates: Templates,
    to: str,
    code: str,
    language: str,
    *,
    read_out: bool = False,
) -> Message:
    """Make the text message with a code, tied to this portal's host.

    The last line is what browsers of telephones fill in at that host alone
    (wicg.github.io/sms-one-time-codes); one that is `read_out` is filled in nowhere.
    """
    host = urlsplit(settings.base_url).hostname
    words = templates.text(
        "code",
        language,
        organization=settings.organization,
        code=code,
        minutes=one_time_code.LIFETIME_S // 60,
        read_out=read_out,
    )
    tied = "" if read_out else f"\n\n@{host} #{code}"
    return Message(SMS, "code", None, to, "", f"{words}{tied}")


def manager_mail(
    settings: Settings, templates: Templates, to: str, language: str, **fields: Any
) -> Message:
    """Make the mail that takes somebody's registration code to their manager."""
    mail = templates.mail(
        "manager_code",
        language,
        organization=settings.organization,
        base_url=settings.base_url,
        **fields,
    )
    return Message(MAIL, "manager_code", None, to, mail.subject, mail.text, mail.html)


def trial_text(
    settings: Settings, templates: Templates, to: str, language: str
) -> Message:
    """Make the text message by which one sees that text messages come."""
    words = templates.text("test", language, organization=settings.organization)
    return Message(SMS, "test", None, to, "", words)


def notices(
    settings: Settings,
    templates: Templates,
    kind: str,
    person: RegisteredPerson,
    *,
    addresses: Iterable[str],
    now: float,
    **fields: Any,
) -> list[Message]:
    """Make the mails that tell a person what happened, one to each of their addresses.

    `kind` is the template's name. NIST SP 800-63B-4 section 4.6: to all addresses.
    """
    language = person.language.lower().partition("-")[0]
    mail = templates.mail(
        kind,
        language if language in LANGUAGES else LANGUAGES[0],
        organization=settings.organization,
        base_url=settings.base_url,
        name=person.upn or person.name,
        when=datetime.fromtimestamp(now, UTC),
        **fields,
    )
    return [
        Message(MAIL, kind, person.guid, to, mail.subject, mail.text, mail.html)
        for to in dict.fromkeys(addresses)
    ]
