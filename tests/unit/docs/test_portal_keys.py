"""A portal's own keys."""

from pathlib import Path

import pytest

from docs.portal_keys import enrolment_link, new_portal, whole_code
from wire.enrolment_code import RelayHalf
from wire.enrolment_link import read


def test_keys_that_agents_know_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "portal.json"
    new_portal(path, "https://portal.corp.test", "https://relay.corp.test", None)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        new_portal(path, "https://portal.corp.test", "https://relay.corp.test", None)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_of_the_portals_is_one_that_the_wizard_takes(tmp_path: Path) -> None:
    path = tmp_path / "portal.json"
    new_portal(path, "https://portal.corp.test", "https://relay.corp.test:8443", None)
    half = RelayHalf.new().text
    link = read(enrolment_link(path, half, "sync-01"))

    assert (link.relay, link.agent) == ("https://relay.corp.test:8443", "sync-01")
    assert link.code.text == whole_code(path, half)
    assert read(enrolment_link(path, half)).agent == ""
