"""By what somebody came in: it says what they may register, and for how long. Pure.

An agent signs what is registered by it (docs/wire.md, "Receipts"): by the password that
it tried itself, by the word of the identity provider, or by a registration code. It is
kept with a session as one sealed text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire.secret import Secret

PASSWORD, PROVIDER, CODE = "password", "provider", "registration_code"


@dataclass(frozen=True)
class Helper:
    """Who of the help desk gave a code, and how they proved who they are.

    `methods` are claims as they go on the wire (`portal.agents.requests.methods`); the
    agent takes them for 8 hours.
    """

    guid: str
    reason: str
    methods: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True)
class ByPassword:
    """By the directory password: an agent's word that it was right."""

    token: Secret | None


@dataclass(frozen=True)
class ByProvider:
    """By the organization's identity provider, at a time in Unix seconds."""

    at: int


@dataclass(frozen=True)
class ByCode:
    """By a registration code, at a time; `helper` is None of the portal's owner's."""

    at: int
    helper: Helper | None


Entry = ByPassword | ByProvider | ByCode


def name_of(entry: Entry) -> str:
    """Name it for the audit."""
    match entry:
        case ByPassword():
            return PASSWORD
        case ByProvider():
            return PROVIDER
        case ByCode():
            return CODE


def written(entry: Entry) -> str:
    """Write it as a text, which is sealed before it is kept."""
    match entry:
        case ByPassword(token=token):
            content: dict[str, Any] = {"token": token and token.reveal()}
        case ByProvider(at=at):
            content = {"at": at}
        case ByCode(at=at, helper=helper):
            content = {"at": at, "helper": helper and helper_values(helper)}
    return json.dumps({"by": name_of(entry), **content})


def read(text: str) -> Entry | None:
    """Read what `written` wrote; None where it is of another version."""
    try:
        content = json.loads(text)
        match content:
            case {"by": "password", "token": token}:
                return ByPassword(None if token is None else Secret(token))
            case {"by": "provider", "at": int(at)}:
                return ByProvider(at)
            case {"by": "registration_code", "at": int(at), "helper": helper}:
                return ByCode(at, helper and helper_of(helper))
    except (KeyError, TypeError, ValueError):
        return None
    return None


def helper_values(helper: Helper) -> dict[str, Any]:
    """Give who helped as values of JSON."""
    methods = [dict(each) for each in helper.methods]
    return {"guid": helper.guid, "reason": helper.reason, "methods": methods}


def helper_of(values: Mapping[str, Any]) -> Helper:
    """Read `helper_values`; KeyError or TypeError where they are none."""
    return Helper(values["guid"], values["reason"], tuple(values["methods"]))
