"""Enrolment over HTTP: check a code, use it; withdraw an agent, change its keys.

The agent makes its own keys; the relay learns the public halves and the two shared
keys that tokens are signed with. What an agent wants is signed by its signing key,
which is who it is. A repeated request gives the same answer, so that a wizard that was
cut off can simply do it again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from relay.authorization import Hosts
from relay.broker import Exchange
from relay.database.records import LISTEN_KEY_NAME, TEST_KEY_NAME, Agent, Code
from relay.database.store import Store, utc
from relay.errors import Refused
from wire import outcomes
from wire.agent_statements import (
    LIFETIME_S,
    Application,
    Order,
    Rotation,
    read_rotation,
    read_withdrawal,
)
from wire.keys import PublicKeys

# a wizard begins nothing with a clock that is further off than that
CLOCK_S = 300
_UNKNOWN = ("this relay does not know the code", "Compare it with the one you got.")
_NEW_CODE = "Ask for a new code."
SIGN_ANEW = "Check the clock of the machine that signed it, and sign anew."


@dataclass(frozen=True)
class Enrolment:
    """Answers the requests under /$enrol."""

    store: Store
    hosts: Hosts
    exchange: Exchange
    clock: Callable[[], float] = time.time

    async def look_up(self, request: web.Request) -> web.Response:
        """Say what became of a code, without using it."""
        code = self.store.code(request.match_info["lookup"])
        if code is None:
            raise Refused(404, *_UNKNOWN)
        state = {"state": code.state(self.clock()), "portal": self._statement(code)}
        return web.json_response(state | (_use(code) or _end(code)))

    async def enrol(self, request: web.Request) -> web.Response:
        """Use a code."""
        application = _read(Application.read, await request.read())
        self._check_time_and_place(application.aud, application.issued_at)
        with self.store.transaction():
            code = self.store.code(application.lookup)
            if code is None:
                raise Refused(404, *_UNKNOWN)
            now = int(self.clock())
            statement = self._statement(code)
            repeated = self._check(code, application, now)
            agent = _enrolled(application, code.portal, now)
            if not repeated:
                thumbprint = application.keys.signing.thumbprint()
                self.store.use_code(code.lookup, agent, thumbprint, code.used_at or now)
                self.store.put_agent(agent)
        if not repeated:
            # whoever listens with the keys of an older enrolment
            await self.exchange.close(agent.id)
        answer = {"connection": agent.id, "portal": statement} | _KEY_NAMES
        return web.json_response(answer, status=200 if repeated else 201)

    async def withdraw(self, request: web.Request) -> web.Response:
        """Forget an agent; its code stays used."""
        body, agent = await request.read(), self._agent(request)
        self._check_order(_read_of(read_withdrawal, body, agent), agent)
        self.store.remove_agent(agent)
        await self.exchange.close(agent.id)
        return web.json_response({"agent": agent.id})

    async def rotate(self, request: web.Request) -> web.Response:
        """Take other shared keys of an agent; those of before are good meanwhile."""
        body = await request.read()
        with self.store.transaction():  # its owner may revoke them at this moment
            agent = self._agent(request)
            rotation = _read_of(read_rotation, body, agent)
            self._check_order(rotation.order, agent)
            self.store.put_agent(_rotated(agent, rotation, int(self.clock())))
        return web.json_response({"agent": agent.id} | _KEY_NAMES)

    def _agent(self, request: web.Request) -> Agent:
        agent = self.store.agent(request.match_info["agent"])
        if agent is None:
            raise Refused(404, "there is no such agent", "Enrol it, or mend its name.")
        return agent

    def _check_order(self, order: Order, agent: Agent) -> None:
        if order.agent.lower() != agent.id.lower():
            raise _wrong("agent", "is another than the one in the address")
        self._check_time_and_place(order.aud, order.issued_at)
        now = int(self.clock())
        if not now - CLOCK_S < order.expires <= order.issued_at + LIFETIME_S:
            raise _wrong("exp", "is past, or too far ahead", SIGN_ANEW)
        if not self.store.take_order(order.jti, order.expires + 2 * CLOCK_S, now):
            raise _wrong("jti", "was taken before", "Sign anew.")

    def _check_time_and_place(self, host: str, issued_at: int) -> None:
        if host.lower() not in self.hosts:
            raise _wrong("aud", "is another relay's host", "Sign for this relay.")
        if abs(self.clock() - issued_at) > CLOCK_S:
            raise _wrong("iat", f"is over {CLOCK_S} s off", SIGN_ANEW)

    def _check(self, code: Code, application: Application, now: int) -> bool:
        """Say whether this is a repetition; refuse what may not be done."""
        present = self.store.agent(application.agent)
        if not code.is_for(application.agent, application.keys.signing.thumbprint()):
            raise Refused(403, "the code is for another agent", _NEW_CODE)
        if code.used_at is not None and not _is_same_agent(code, application, present):
            raise _used(code)
        if present and _stands(present, application, code):
            return True
        if code.state(now) == "expired":
            raise Refused(410, "the code has expired", _NEW_CODE)
        if present and not (
            present.portal == code.portal and _has_key_of(present, application)
        ):
            raise Refused(
                409,
                f"another agent has the name {application.agent!r}",
                "Choose another name, or have the relay's owner forget that agent: "
                "writeback-relay forget.",
            )
        return False

    def _statement(self, code: Code) -> str:
        portal = self.store.portal(code.portal)
        assert portal is not None  # codes refer to portals by foreign key
        if portal.statement is None:
            raise Refused(
                503,
                f"the portal {portal.name!r} has no signed statement here",
                "Have the relay's owner register it: writeback-relay portal succeed.",
            )
        return portal.statement


_KEY_NAMES = {"listen_key_name": LISTEN_KEY_NAME, "test_key_name": TEST_KEY_NAME}


def _is_same_agent(code: Code, application: Application, present: Agent | None) -> bool:
    """Say whether the agent that used a code asks again; only its key tells."""
    same_name = (code.used_by or "").lower() == application.agent
    if code.used_key is not None:
        return same_name and code.used_key == application.keys.signing.thumbprint()
    used_for = present is not None and present.code == code.lookup
    return used_for and same_name and _has_key_of(present, application)


def _stands(present: Agent, application: Application, code: Code) -> bool:
    """Say whether all of an application is as it was enrolled."""
    shared = (present.listen_key, present.test_key)
    return (
        present.code == code.lookup
        and _has_key_of(present, application)
        and shared == (application.listen_key, application.test_key)
    )


def _has_key_of(present: Agent | None, application: Application) -> bool:
    if present is None:
        return False
    known = PublicKeys.of(present.keys).signing.thumbprint()
    return known == application.keys.signing.thumbprint()


def _use(code: Code) -> dict[str, str]:
    """Say by which agent a code was used, and when; empty for one that was not."""
    if code.used_at is None:
        return {}
    return {"agent": code.used_by or "", "used_at": utc(code.used_at)}


def _end(code: Code) -> dict[str, str]:
    """Say until when a code that was not used is good: its holder alone asks by it."""
    return {"expires_at": utc(code.expires_at)}


def _used(code: Code) -> Refused:
    use = _use(code)
    what = f"the code was used by {use['agent']!r} at {use['used_at']}"
    return Refused(410, what, _NEW_CODE, use)


def _enrolled(application: Application, portal: str, now: int) -> Agent:
    return Agent(
        id=application.agent,
        portal=portal,
        keys=application.keys.jwks(),
        code=application.lookup,
        enrolled_at=now,
        last_seen=None,
        listen_key=application.listen_key,
        test_key=application.test_key,
        keys_since=now,
    )


def _rotated(agent: Agent, rotation: Rotation, now: int) -> Agent:
    """Give an agent its new keys; those it uses stay until it uses the new ones."""
    if (agent.listen_key, agent.test_key) == (rotation.listen_key, rotation.test_key):
        return agent
    never_used = agent.former_listen_key is not None and agent.former_until is None
    if not never_used:
        agent = replace(
            agent,
            former_listen_key=agent.listen_key or None,
            former_test_key=agent.test_key or None,
        )
    return replace(
        agent,
        listen_key=rotation.listen_key,
        test_key=rotation.test_key,
        former_until=None,
        keys_since=now,
    )


def _read(read: Callable[[bytes], Any], body: bytes) -> Any:
    try:
        return read(body)
    except outcomes.Refused as error:
        raise _no_statement(error) from error


def _read_of(
    read: Callable[[bytes, PublicKeys], Any], body: bytes, agent: Agent
) -> Any:
    try:
        return read(body, PublicKeys.of(agent.keys))
    except outcomes.Refused as error:
        if error.code is not outcomes.Code.FORGED_REQUEST:
            raise _no_statement(error) from error
        what = "it is not signed by the agent that is enrolled under this name"
        remedy = "Sign with its own key, or have the relay's owner forget it."
        raise Refused(403, what, remedy, {"reason": "other_agent"}) from error


def _no_statement(error: outcomes.Refused) -> Refused:
    name, _, rule = error.detail.partition(": ")
    return _wrong(name, rule) if rule else _wrong("body", name)


def _wrong(name: str, rule: str, remedy: str = "Mend the request.") -> Refused:
    return Refused(400, f"{name}: {rule}", remedy, {"field": name})
