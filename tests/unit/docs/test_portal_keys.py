"""A portal's own keys."""

from pathlib import Path

import pytest

from docs.portal_keys import new_portal


def test_keys_that_agents_know_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "portal.json"
    new_portal(path, "https://portal.corp.test", "https://relay.corp.test", None)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        new_portal(path, "https://portal.corp.test", "https://relay.corp.test", None)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600
