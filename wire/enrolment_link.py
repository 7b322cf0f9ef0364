"""Enrolment links: a code with the relay that knows it, as a portal prints it.

    writeback:enrol?relay=https%3A%2F%2Frelay.example&agent=sync-01&code=AIA...
    https://portal.example/help#writeback:enrol?relay=...&code=...

The form is a URI (RFC 3986) with a query; `agent` may be left out. In the form that a
browser opens the link is the fragment, which no browser sends, and all before it counts
for nothing: it is not looked at, nor asked. Names that this version does not know are
left alone, so that later ones may say more. A link is a secret as its code is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, urlsplit

from wire import enrolment_code, names
from wire.enrolment_code import EnrolmentCode
from wire.failure import Failure
from wire.text import Text

MOST = 1024  # characters
_MOST_FIELDS = 16
_HTTPS = 443
_PATH = "enrol"
_SEEN = re.compile(r"[!-~]+")


class Rule(StrEnum):
    """What a link must keep to."""

    LENGTH = "length"
    FORM = "form"
    RELAY = "relay"
    AGENT = "agent"


_BROKEN = {
    Rule.LENGTH: Text("has more than {count} characters", count=MOST),
    Rule.FORM: Text(
        "is not of the form writeback:enrol?relay=...&code=...; copy it whole, or type "
        "the code that is in it"
    ),
    Rule.RELAY: Text("names no https address of a relay; ask your portal for another"),
    Rule.AGENT: Text("names an agent by what is no name; ask your portal for another"),
}


class BadLink(Failure, ValueError):
    """A text that is no enrolment link, by the first rule that it breaks; never it."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(Text("the enrolment link {rule}", rule=_BROKEN[rule]))
        self.rule = rule


@dataclass(frozen=True)
class EnrolmentLink:
    """A link taken apart; the agent is empty where the portal names none."""

    relay: str
    code: EnrolmentCode
    agent: str = ""

    @property
    def text(self) -> str:
        """The link as a portal prints it."""
        agent = f"&agent={self.agent}" if self.agent else ""
        relay = quote(self.relay, safe="")
        return f"writeback:{_PATH}?relay={relay}{agent}&code={self.code.text}"


def is_link(text: str) -> bool:
    """Say whether a text is meant for a link: a code has no such sign in it."""
    return ":" in text


def read(text: str) -> EnrolmentLink:
    """Read a link as it was pasted.

    Raises:
        BadLink: it is none.
        BadCode: the code in it is none.

    """
    text = text.strip()
    if len(text) > MOST:
        raise BadLink(Rule.LENGTH)
    fields = _fields(text)
    agent = fields.get("agent", "")
    try:
        names.agent_name(agent or "none-named")
    except ValueError:
        raise BadLink(Rule.AGENT) from None
    code = enrolment_code.parse(fields["code"])
    return EnrolmentLink(_relay(fields["relay"]), code, agent)


def same_relay(one: str, other: str) -> bool:
    """Say whether two https addresses lead to one host and port; 443 may be named."""
    first, second = urlsplit(one), urlsplit(other)
    ports = (first.port or _HTTPS, second.port or _HTTPS)
    return first.hostname == second.hostname and ports[0] == ports[1]


def _fields(text: str) -> Mapping[str, str]:
    if not _SEEN.fullmatch(text):
        raise BadLink(Rule.FORM)
    try:
        parts = urlsplit(text)
        if parts.scheme == "https":
            parts = urlsplit(parts.fragment)
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise BadLink(Rule.FORM) from None
    known = dict(pairs)
    form = (parts.scheme, parts.netloc, parts.path, parts.fragment)
    twice = len(known) != len(pairs)
    if (
        form != ("writeback", "", _PATH, "")
        or twice
        or not {"relay", "code"} <= {*known}
    ):
        raise BadLink(Rule.FORM)
    return known


def _relay(address: str) -> str:
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    more = ("@", "?", "#")
    if not sound or not _SEEN.fullmatch(address) or any(c in address for c in more):
        raise BadLink(Rule.RELAY)
    return address
