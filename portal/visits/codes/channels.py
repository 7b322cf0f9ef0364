"""The ways that codes go: what an address is there, how it is hidden, what is sent."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from portal.database.outbox import Message
from portal.limits.budget import (
    MAILS_OF_ADDRESS,
    TEXTS_OF_NUMBER,
    Budget,
    texts_of_day,
)
from portal.methods import email_address, one_time_code, phone_number
from portal.notifications.messages import code_mail, code_text
from portal.services import Services
from portal.text_messages import TextMessages
from wire.self_service.proof_kind import ProofKind


class CodeChannel(Protocol):
    """One way that codes go.

    `of_address` is what one address gets, `of_all` what all get together, where that
    costs. `example` is an address as people write it, or empty.
    """

    digits: int
    of_address: Budget
    of_all: Budget | None
    example: str

    def read(self, typed: str) -> str | None:
        """Read an address as it is compared; None where it is none."""

    def hidden(self, address: str) -> str:
        """Give an address as its owner knows it again, and nobody learns it from."""

    def message(
        self, address: str, code: str, language: str, *, read_out: bool = False
    ) -> Message:
        """Make the message with a code; `read_out`: it is told a helper, not typed."""

    def recorded(self, address: str) -> Mapping[str, str]:
        """Give what the audit says of an address that is somebody's."""


class MailChannel:
    """Codes by e-mail."""

    digits = one_time_code.MAIL_DIGITS
    of_address = MAILS_OF_ADDRESS
    of_all: Budget | None = None
    example = ""

    def __init__(self, services: Services) -> None:
        self._settings, self._templates = services.settings, services.templates

    def read(self, typed: str) -> str | None:
        """Read an address of mail."""
        try:
            return email_address.email_address(typed)
        except email_address.BadAddress:
            return None

    def hidden(self, address: str) -> str:
        """Hide most of an address of mail."""
        return email_address.hidden(address)

    def message(
        self, address: str, code: str, language: str, *, read_out: bool = False
    ) -> Message:
        """Make the mail with a code."""
        return code_mail(
            self._settings,
            self._templates,
            address,
            code,
            language,
            read_out=read_out,
        )

    def recorded(self, address: str) -> Mapping[str, str]:  # noqa: ARG002 - of the protocol
        """Say nothing of it."""
        return {}


class TextChannel:
    """Codes by text message."""

    digits = one_time_code.SMS_DIGITS
    of_address = TEXTS_OF_NUMBER

    def __init__(self, services: Services, sms: TextMessages) -> None:
        self._settings, self._templates = services.settings, services.templates
        self._countries: Sequence[str] = sms.countries
        self.of_all: Budget | None = texts_of_day(sms.per_day)
        self.example = phone_number.example(sms.countries[0])

    def read(self, typed: str) -> str | None:
        """Read a number of a mobile telephone, in a country that is allowed."""
        try:
            return phone_number.phone_number(typed, self._countries)
        except phone_number.BadNumber:
            return None

    def hidden(self, address: str) -> str:
        """Hide most of a number."""
        return phone_number.hidden(address)

    def message(
        self, address: str, code: str, language: str, *, read_out: bool = False
    ) -> Message:
        """Make the text message with a code."""
        return code_text(
            self._settings,
            self._templates,
            address,
            code,
            language,
            read_out=read_out,
        )

    def recorded(self, address: str) -> Mapping[str, str]:
        """Say which country it is in: what leaves for another one is looked at."""
        return {"country": phone_number.country(address)}


def code_channels(services: Services) -> Mapping[ProofKind, CodeChannel]:
    """Give the ways that codes go at this portal."""
    channels: dict[ProofKind, CodeChannel] = {ProofKind.EMAIL: MailChannel(services)}
    if services.settings.sms is not None:
        channels[ProofKind.SMS] = TextChannel(services, services.settings.sms)
    return channels
