"""Where a browser finds the lab's portal and its inbox."""

from dataclasses import dataclass

HOST, INBOX_HOST = "portal.corp.test", "inbox.corp.test"
PORT, INBOX_PORT, MAIL_PORT = 8443, 8444, 8025
INBOX, MESSAGES, TEXT_MESSAGES = "/lab/inbox", "/lab/messages", "/lab/text-messages"


@dataclass(frozen=True)
class Site:
    """A portal as Chromium is told of it.

    Attributes:
        base_url: what people type.
        resolver_rules: where its names are.
        key_hash: of the certificate's public key, SHA-256 as base64.

    """

    base_url: str
    resolver_rules: str
    key_hash: str
