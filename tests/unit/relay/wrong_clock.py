"""A machine whose clock is wrong, beside a relay whose clock is right."""

import time
from types import SimpleNamespace

import pytest

# the relay hands the time of its own clock to `wire.sas.verify`
_OWN = ("agent.relay_client.clock_skew", "wire.agent_statements", "wire.sas")


def set_back(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock of this machine's side back, by less than 0 ahead."""
    wrong = SimpleNamespace(time=lambda: time.time() - seconds)
    for module in _OWN:
        monkeypatch.setattr(f"{module}.time", wrong)
