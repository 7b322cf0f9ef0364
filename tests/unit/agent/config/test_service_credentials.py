"""Secrets that the service manager hands over are read, and never written."""

from pathlib import Path

import pytest

from agent.config.secret_store import SecretsUnavailable
from agent.config.service_credentials import ServiceCredentials
from agent.platform.systemd.credentials import of_service
from lab.sandbox import CANARY
from wire.secret import Secret


def test_credentials_are_read_and_never_written(tmp_path: Path) -> None:
    (tmp_path / "agent-keys").write_text(CANARY)
    given = of_service({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert given is not None
    credentials = ServiceCredentials(given)
    assert credentials.get("agent-keys") == Secret(CANARY)
    assert credentials.get("other") is None
    with pytest.raises(SecretsUnavailable) as refused:
        credentials.put("other", Secret(CANARY))
    assert CANARY not in str(refused.value)
    assert of_service({}) is None
    (tmp_path / "agent-keys").write_bytes(b"\xff" + CANARY.encode())
    with pytest.raises(SecretsUnavailable, match="agent-keys is damaged") as damaged:
        credentials.get("agent-keys")
    assert CANARY not in str(damaged.value)


def test_a_secret_is_its_bytes(tmp_path: Path) -> None:
    """Also where an editor of Windows ended its lines: who made it sealed them too."""
    (tmp_path / "agent-keys").write_bytes(b"one\r\ntwo\rthree")
    given = of_service({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert given is not None
    assert ServiceCredentials(given).get("agent-keys") == Secret("one\r\ntwo\rthree")
