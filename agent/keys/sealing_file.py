"""The file of sealing keys: the current one, and former ones with until when they open.

It is itself sealed, to the sealing key among the stored keys of the agent. Those are
handed to the service as credentials, which the agent can read and never write
(systemd.exec(5)); so what it makes itself is kept in its own folder. A copy of that
folder alone, as in a backup, opens nothing. Without the file nothing is lost: a portal
whose request names a key that is gone fetches the new ones.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.system.atomic_files import write_atomically
from wire import jose
from wire.keys import BadKeys, PrivateKeys
from wire.outcomes import Refused

_KIND = "writeback-sealing-keys+jwe"
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class SealingKeys:
    """An agent's keys with those that are sealed to.

    `made` is when the current one was, `until` by key id when each former one opens no
    more, in Unix seconds.
    """

    keys: PrivateKeys
    made: int
    until: Mapping[str, int] = field(default_factory=dict)

    @property
    def current(self) -> str:
        """The id of the current key."""
        return str(self.keys.sealing.thumbprint())


class SealingFile:
    """Reads and replaces the file; `stored` are the agent's keys as they are stored."""

    def __init__(self, path: Path, stored: PrivateKeys) -> None:
        self.path, self._stored = path, stored

    def read(self) -> SealingKeys | None:
        """Read it; None where it is missing, damaged, or sealed to others' keys."""
        try:
            with self.path.open("rb") as file:
                token = file.read(_MOST_BYTES)
            key = self._stored.opener(jose.token_header(token).get("kid"))
            if key is None:
                return None
            content = jose.json_object(jose.unseal_token(token, key, _KIND))
            keys = self._stored.with_sealing(content["keys"])
            until = {str(kid): int(at) for kid, at in content["until"].items()}
            return SealingKeys(keys, int(content["made"]), until)
        except (OSError, Refused, BadKeys, ValueError, *_NOT_IN_FORM):
            return None

    def write(self, kept: SealingKeys) -> None:
        """Replace it; OSError where that can't be done."""
        content = {
            "made": kept.made,
            "until": dict(kept.until),
            "keys": kept.keys.sealing_jwks(),
        }
        payload = json.dumps(content).encode()
        token = jose.seal_token(payload, self._stored.sealing, _KIND)
        write_atomically(self.path, token.decode("ascii"), mode=0o600)


_NOT_IN_FORM = (KeyError, TypeError, AttributeError)
