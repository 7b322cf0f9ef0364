"""What an agent keeps for itself: all that it writes but its audit records and log."""

import os
from collections.abc import Sequence
from pathlib import Path

from agent.keys.shared_file import lock_of
from agent.system.atomic_files import torn
from agent.system.paths import Paths
from wizard.host.audit_files import remove_path


def agent_state(places: Paths) -> Sequence[Path]:
    """Give the files that are there, those too that a crash left half-written."""
    shared = (places.sealing_keys, places.succession)
    named = (places.ledger, places.starts, places.breaker, *shared)
    files = [*named, *map(lock_of, shared)]
    files += sorted(places.state.glob(f"{places.ledger.name}-*"))  # SQLite's own
    files += [each for path in (*named, places.audit_head) for each in torn(path)]
    return [path for path in files if os.path.lexists(path)]


def remove_agent_state(places: Paths) -> None:
    """Remove them, when no agent runs that has them."""
    for path in agent_state(places):
        remove_path(path)
