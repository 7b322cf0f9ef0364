"""What the relay keeps of portals, codes and agents; times are in Unix seconds."""

from dataclasses import dataclass, field
from typing import Any

LISTEN_KEY_NAME = "listen"
TEST_KEY_NAME = "self-test"

Jwks = list[dict[str, Any]]


@dataclass(frozen=True)
class Portal:
    """Someone who sends: its public keys, and the key its tokens are signed with.

    `statement` is what it signed of itself; None for one of before there were any. The
    former Send key is good until a time, in Unix seconds.
    """

    name: str
    issuer: str
    keys: Jwks
    send_key_name: str
    send_key: str = field(repr=False)
    statement: str | None = None
    key_since: int | None = None
    former_send_key: str | None = field(default=None, repr=False)
    former_until: int | None = None
    # the relay's owner lets it order codes for agents that it names
    orders_codes: bool = False

    def send_keys(self, now: float) -> list[str]:
        """Give the keys that are good now, the current one first."""
        former = self.former_send_key if (self.former_until or 0) > now else None
        return [key for key in (self.send_key, former) if key]


@dataclass(frozen=True)
class Rule:
    """A key with rights of the owner's choice on one connection, as in Azure."""

    name: str
    agent: str
    key: str = field(repr=False)
    listens: bool
    sends: bool


@dataclass(frozen=True)
class Code:
    """The relay's half of a code, known by the hash of its secret. Unix seconds.

    `used_key` is the thumbprint of the signing key of the agent that used it. One that
    a portal ordered is for the `agent` with the `agent_key` (a thumbprint) alone.
    """

    lookup: str
    portal: str
    expires_at: int
    used_at: int | None
    used_by: str | None
    used_key: str | None = None
    agent: str | None = None
    agent_key: str | None = None

    def is_for(self, agent: str, key: str) -> bool:
        """Say whether an agent with this signing key may use it."""
        return self.agent_key is None or (self.agent, self.agent_key) == (agent, key)

    def state(self, now: float) -> str:
        """Say what became of it: open, used or expired."""
        if self.used_at is not None:
            return "used"
        return "expired" if self.expires_at <= now else "open"


@dataclass(frozen=True)
class Agent:
    """An enrolled agent: its connection has its name.

    Its former shared keys are good until a time; without one, until the current ones
    are used for the first time, so that who is cut off in between is not locked out.
    A key that was revoked is empty.
    """

    id: str
    portal: str
    keys: Jwks
    code: str
    enrolled_at: int
    last_seen: int | None
    listen_key: str = field(repr=False)
    test_key: str = field(repr=False)
    keys_since: int | None = None
    former_listen_key: str | None = field(default=None, repr=False)
    former_test_key: str | None = field(default=None, repr=False)
    former_until: int | None = None

    def listen_keys(self, now: float) -> list[str]:
        """Give the keys that may listen now, the current one first."""
        return self._good(self.listen_key, self.former_listen_key, now)

    def test_keys(self, now: float) -> list[str]:
        """Give the keys that may send for tests now, the current one first."""
        return self._good(self.test_key, self.former_test_key, now)

    def _good(self, current: str, former: str | None, now: float) -> list[str]:
        stands = self.former_until is None or self.former_until > now
        return [key for key in (current, former if stands else None) if key]
