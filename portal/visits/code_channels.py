"""The ways that codes go: what an address is there, how it is hidden, what is sent."""

from collections.abc import Mapping
from typing import Protocol

from portal.database.outbox import Message
from portal.limits.budget import MAILS_OF_ADDRESS, Budget
from portal.methods import email_address, one_time_code
from portal.notifications.messages import code_mail
from portal.services import Services
from wire.self_service.proof_kind import ProofKind


class CodeChannel(Protocol):
    """One way that codes go; `of_address` is what one address gets."""

    digits: int
    of_address: Budget

    def read(self, typed: str) -> str | None:
        """Read an address as it is compared; None where it is none."""

    def hidden(self, address: str) -> str:
        """Give an address as its owner knows it again, and nobody learns it from."""

    def message(self, address: str, code: str, language: str) -> Message:
        """Make the message with a code."""


class MailChannel:
    """Codes by e-mail."""

    digits = one_time_code.MAIL_DIGITS
    of_address = MAILS_OF_ADDRESS

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

    def message(self, address: str, code: str, language: str) -> Message:
        """Make the mail with a code."""
        return code_mail(self._settings, self._templates, address, code, language)


def code_channels(services: Services) -> Mapping[ProofKind, CodeChannel]:
    """Give the ways that codes go at this portal."""
    return {ProofKind.EMAIL: MailChannel(services)}
