"""Enrolment over HTTP: check a code, use it, undo that.

The agent makes its own keys; the relay learns the public halves and the two shared
keys that tokens are signed with. A repeated request gives the same answer, so that a
wizard that was cut off can simply do it again.
"""

import base64
import binascii
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from relay.authorization import Authorization, Right
from relay.broker import Exchange
from relay.errors import Refused
from relay.sender import TOKEN_HEADER
from relay.store import (
    LISTEN_KEY_NAME,
    TEST_KEY_NAME,
    Agent,
    Code,
    Jwks,
    Portal,
    Store,
    utc,
)
from wire import bounded_json, enrolment_code, names
from wire.keys import BadKeys, PublicKeys

_KEY_BYTES = 32
_UNKNOWN = ("this relay does not know the code", "Compare it with the one you got.")
_NEW_CODE = "Ask for a new code."


@dataclass(frozen=True)
class Application:
    """An agent that asks to be enrolled; `lookup` is the hash of the code's secret."""

    lookup: str
    agent: str
    keys: Jwks
    listen_key: str = field(repr=False)
    test_key: str = field(repr=False)


@dataclass(frozen=True)
class Enrolment:
    """Answers the requests under /$enrol."""

    store: Store
    authorization: Authorization
    exchange: Exchange
    clock: Callable[[], float] = time.time

    async def look_up(self, request: web.Request) -> web.Response:
        """Say what became of a code, without using it."""
        code = self.store.code(request.match_info["lookup"])
        if code is None:
            raise Refused(404, *_UNKNOWN)
        portal = _portal_json(self._portal(code))
        state = {"state": self._state(code), "portal": portal}
        return web.json_response(state | _use(code))

    async def enrol(self, request: web.Request) -> web.Response:
        """Use a code."""
        application = _application(await request.read())
        with self.store.transaction():
            code = self.store.code(application.lookup)
            if code is None:
                raise Refused(404, *_UNKNOWN)
            now = int(self.clock())
            repeated = self._check(code, application, now)
            agent = _enrolled(application, code.portal, now)
            self.store.use_code(code.lookup, agent.id, code.used_at or now)
            self.store.put_agent(agent)
        if not repeated:
            # whoever listens with the keys of an older enrolment
            await self.exchange.close(agent.id)
        return web.json_response(
            {
                "connection": agent.id,
                "listen_key_name": LISTEN_KEY_NAME,
                "test_key_name": TEST_KEY_NAME,
                "portal": _portal_json(self._portal(code)),
            },
            status=200 if repeated else 201,
        )

    async def undo(self, request: web.Request) -> web.Response:
        """Forget an agent; its code is as if it had not been used."""
        token = request.headers.get(TOKEN_HEADER) or request.headers.get(
            "Authorization"
        )
        path = request.match_info["agent"]
        access = self.authorization.check(token, path, Right.LISTEN)
        self.store.forget_agent(access.agent)
        await self.exchange.close(access.agent.id)
        return web.json_response({"agent": access.agent.id})

    def _check(self, code: Code, application: Application, now: int) -> bool:
        """Say whether this is a repetition; refuse what may not be done."""
        present = self.store.agent(application.agent)
        if code.used_at is not None:
            if present and _is_repetition(code, application, present):
                return True
            raise _used(code)
        if code.expires_at <= now:
            raise Refused(410, "the code has expired", _NEW_CODE)
        if present and (
            present.portal != code.portal or present.keys != application.keys
        ):
            raise Refused(
                409,
                f"another agent has the name {application.agent!r}",
                "Choose another name, or have the relay's owner forget that agent: "
                "writeback-relay forget.",
            )
        return False

    def _state(self, code: Code) -> str:
        if code.used_at is not None:
            return "used"
        return "expired" if code.expires_at <= self.clock() else "open"

    def _portal(self, code: Code) -> Portal:
        portal = self.store.portal(code.portal)
        assert portal is not None  # codes refer to portals by foreign key
        return portal


def _is_repetition(code: Code, application: Application, present: Agent) -> bool:
    same_key = hmac.compare_digest(present.listen_key, application.listen_key)
    return same_key and (present.code, present.id) == (code.lookup, application.agent)


def _use(code: Code) -> dict[str, str]:
    """Say by which agent a code was used, and when; empty for one that was not."""
    if code.used_at is None:
        return {}
    return {"agent": code.used_by or "", "used_at": utc(code.used_at)}


def _used(code: Code) -> Refused:
    use = _use(code)
    what = f"the code was used by {use['agent']!r} at {use['used_at']}"
    return Refused(410, what, _NEW_CODE, use)


def _enrolled(application: Application, portal: str, now: int) -> Agent:
    return Agent(
        id=application.agent,
        portal=portal,
        keys=application.keys,
        code=application.lookup,
        enrolled_at=now,
        last_seen=None,
        listen_key=application.listen_key,
        test_key=application.test_key,
    )


def _portal_json(portal: Portal) -> dict[str, Any]:
    return {"issuer": portal.issuer, "keys": portal.keys}


def _application(body: bytes) -> Application:
    try:
        claims = bounded_json.loads(body)
    except ValueError:
        raise _wrong("body", "must be JSON") from None
    if not isinstance(claims, dict):
        raise _wrong("body", "must be a JSON object")
    listen_key, test_key = _key(claims, "listen_key"), _key(claims, "test_key")
    if listen_key == test_key:
        raise _wrong("test_key", "must not be the listen key: it may only send")
    return Application(
        lookup=enrolment_code.lookup(
            _decoded(claims, "secret", enrolment_code.SECRET_BYTES)
        ),
        agent=_agent_name(claims.get("agent")),
        keys=_public_keys(claims.get("keys")),
        listen_key=listen_key,
        test_key=test_key,
    )


def _agent_name(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("agent", "must be text")
    try:
        return names.agent_name(value)
    except ValueError as error:
        raise _wrong("agent", str(error)) from error


def _public_keys(value: object) -> Jwks:
    if not isinstance(value, list):
        raise _wrong("keys", "must be a list of two public JWKs")
    try:
        return PublicKeys.of(value).jwks()
    except BadKeys as error:
        raise _wrong("keys", str(error)) from error


def _key(claims: dict[str, Any], name: str) -> str:
    _decoded(claims, name, _KEY_BYTES)
    return str(claims[name])


def _decoded(claims: dict[str, Any], name: str, length: int) -> bytes:
    value = claims.get(name)
    if not isinstance(value, str):
        raise _wrong(name, "must be text")
    try:
        padded = value + "=" * (-len(value) % 4)
        raw = base64.b64decode(padded.translate(_URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        raise _wrong(name, "must be base64") from None
    if len(raw) != length:
        raise _wrong(name, f"must be {length} bytes")
    return raw


_URL_SAFE = str.maketrans("-_", "+/")


def _wrong(name: str, rule: str) -> Refused:
    return Refused(400, f"{name}: {rule}", "Mend the request.", {"field": name})
