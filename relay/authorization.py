"""Who may listen and who may send: tokens against the keys of a connection.

A connection's own keys ("listen", "self-test") open that connection alone; a
portal's key sends to the agents that enrolled with that portal; a rule has the rights
that the relay's owner gave it on one connection. While a key changes, the former one is
good too. Whatever can't be proven is refused.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from cryptography import x509

from relay.database.records import LISTEN_KEY_NAME, TEST_KEY_NAME, Agent, Rule
from relay.database.store import Store
from relay.errors import Refused
from wire import sas

# for a process that still listens with them, as it hands over
FORMER_KEYS_S = 600
_CLOCK = "Check the clock of the machine that made it, and make a new token."


class Right(StrEnum):
    """What a token may be used for."""

    LISTEN = "Listen"
    SEND = "Send"


@dataclass(frozen=True)
class Hosts:
    """The names this relay goes by; a token for any other host is for another relay.

    In lower case; "*.x" stands for one label.
    """

    names: frozenset[str]

    def __contains__(self, host: str) -> bool:
        _, _, parent = host.partition(".")
        return host in self.names or f"*.{parent}" in self.names


@dataclass(frozen=True)
class Access:
    """A token that holds for what was asked of an agent, until a Unix time.

    `owner` is who has the key: a portal, or the holder of a key of one connection.
    """

    agent: Agent
    expires: int
    owner: str


@dataclass(frozen=True)
class Authorization:
    """Checks tokens against the store, which other processes may change meanwhile."""

    store: Store
    hosts: Hosts
    clock: Callable[[], float] = time.time

    def check(self, text: str | None, path: str, right: Right) -> Access:
        """Check a token for a right on a connection, or on a path below it.

        Refused: 401 the token proves nothing, 403 it is not for this path or right, 404
        there is no such connection.
        """
        if not text:
            why = ("there is no token", "Send ServiceBusAuthorization.")
            raise _proves_nothing("no_token", *why)
        agent = self.store.agent(path.strip("/").partition("/")[0])
        token = self._verified(text, agent)
        self._check_audience(token, path)
        if agent is None:
            raise _unknown_connection()
        if right not in self._rights(token.key_name, agent):
            what = f"the key {token.key_name!r} does not have the right {right}"
            raise Refused(403, what, "Use the key that was made for this.")
        owner = self._owner(token, agent)
        self._end_former(token, agent)
        return Access(agent, token.expires, owner)

    def is_current(self, text: str | None, agent: Agent) -> bool:
        """Say whether a token is of the agent's Listen key that is to stay."""
        try:
            return _signed_by_current(sas.parse(text or ""), agent)
        except sas.BadToken:
            return False

    def is_former(self, text: str | None, agent: Agent) -> bool:
        """Say whether a token is of an agent's Listen key that was replaced."""
        try:
            named = sas.parse(text or "").key_name == LISTEN_KEY_NAME
        except sas.BadToken:
            return False
        return named and not self.is_current(text, agent)

    def _verified(self, text: str, agent: Agent | None) -> sas.Token:
        try:
            token = sas.parse(text)
            if agent is None and token.key_name in (LISTEN_KEY_NAME, TEST_KEY_NAME):
                # these keys exist per connection, so there is nothing to check with
                raise _unknown_connection()
            return sas.verify(text, lambda name: self._keys(name, agent), self.clock())
        except sas.ExpiredToken as error:
            raise _proves_nothing("expired_token", str(error), _CLOCK) from error
        except sas.BadToken as error:
            reason = "wrong_key" if isinstance(error, sas.WrongKey) else "bad_token"
            remedy = "Sign with the key given out."
            raise _proves_nothing(reason, str(error), remedy) from error

    def _keys(self, name: str, agent: Agent | None) -> list[str]:
        now = self.clock()
        if agent is not None and name == LISTEN_KEY_NAME:
            return agent.listen_keys(now)
        if agent is not None and name == TEST_KEY_NAME:
            return agent.test_keys(now)
        rule = self._rule(name, agent)
        portal = self.store.portal_of_key(name)
        return [rule.key] if rule else portal.send_keys(now) if portal else []

    def _rights(self, name: str, agent: Agent) -> frozenset[Right]:
        rule = self._rule(name, agent)
        if rule is not None:
            rights = ((Right.LISTEN, rule.listens), (Right.SEND, rule.sends))
            return frozenset(right for right, is_given in rights if is_given)
        return frozenset({Right.LISTEN if name == LISTEN_KEY_NAME else Right.SEND})

    def _rule(self, name: str, agent: Agent | None) -> Rule | None:
        """Find a rule of this connection: one of another proves nothing here."""
        rule = self.store.rule(name)
        if agent is None or rule is None:
            return None
        return rule if rule.agent.lower() == agent.id.lower() else None

    def _end_former(self, token: sas.Token, agent: Agent) -> None:
        """Set the time of the former keys, once the agent listens with the new one."""
        waits = agent.former_listen_key is not None and agent.former_until is None
        if waits and _signed_by_current(token, agent):
            self.store.end_former_keys(agent, int(self.clock()) + FORMER_KEYS_S)

    def _check_audience(self, token: sas.Token, path: str) -> None:
        try:
            audience = token.audience
        except sas.BadToken as error:
            remedy = "Sign for http://host/path."
            raise _proves_nothing("bad_token", str(error), remedy) from error
        if audience.host not in self.hosts:
            what = f"the token is for {audience.host}, which is not this relay"
            raise Refused(403, what, "Sign for the host name in this relay's address.")
        if not audience.covers(path):
            what = "the token is for another connection"
            raise Refused(403, what, "Sign for the connection that is asked for.")

    def _owner(self, token: sas.Token, agent: Agent) -> str:
        """Name who has a key; Refused where that is another portal than the agent's."""
        portal = self.store.portal_of_key(token.key_name)
        if portal is None:
            return f"{agent.id} {token.key_name}"  # no portal has a blank in its name
        if portal.name != agent.portal:
            what = "this agent is enrolled with another portal"
            raise Refused(403, what, "Enrol the agent with this portal first.")
        return portal.name


def _signed_by_current(token: sas.Token, agent: Agent) -> bool:
    # a key that was revoked is empty, and anybody can sign with that
    known = token.key_name == LISTEN_KEY_NAME and agent.listen_key
    return bool(known) and sas.signed_by(token, [agent.listen_key])


def hosts_of(name: str, certificate: bytes) -> Hosts:
    """Collect a relay's names: the given one, and those its certificate stands for.

    The first certificate of the PEM is the relay's.
    """
    names = {name.lower()}
    leaf = x509.load_pem_x509_certificates(certificate)[0]
    try:
        alternatives = leaf.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return Hosts(frozenset(names))
    names |= {
        dns.lower() for dns in alternatives.value.get_values_for_type(x509.DNSName)
    }
    addresses = alternatives.value.get_values_for_type(x509.IPAddress)
    return Hosts(frozenset(names | {str(ip_address(str(ip))) for ip in addresses}))


def _proves_nothing(reason: str, error: str, remedy: str) -> Refused:
    """Refuse a token, and say for programs why (docs/wire.md)."""
    return Refused(401, error, remedy, {"reason": reason})


def _unknown_connection() -> Refused:
    return Refused(
        404, "there is no such connection", "Enrol the agent, or mend its name."
    )
