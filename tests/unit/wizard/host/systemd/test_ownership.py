"""Who owns what: compared, and given back without following what others plant."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from agent.keys.shared_file import lock_of
from agent.system.paths import Paths
from wizard.host.interface import Protection, ServiceFailed
from wizard.host.systemd import ownership
from wizard.host.systemd.ownership import misplaced, protect

OWN = (pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name)
CLOSED = Protection(*OWN, "600")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """What the agent writes on a server, as it writes it; its user is this one."""
    monkeypatch.setattr(ownership, "USER", OWN[0])
    made = Paths.of_system(tmp_path)
    for folder in (made.state, made.audit.parent):
        folder.mkdir(parents=True)
        folder.chmod(0o750)
    wal = made.ledger.with_name("ledger.sqlite-wal")
    modes = {made.starts: 0o640, made.ledger: 0o600, wal: 0o600, made.audit: 0o600}
    for path, mode in modes.items():
        path.write_text("")
        path.chmod(mode)
    return made


def modes_of(places: Paths) -> dict[str, tuple[str, str]]:
    return {
        each.path.name: (each.now.mode, each.wanted.mode)
        for each in misplaced(places, ())
    }


def test_what_the_agent_writes_is_its_own(places: Paths) -> None:
    assert misplaced(places, ()) == ()
    for path in (places.state, places.audit.parent, places.ledger, places.starts):
        path.chmod(0o777)
    assert modes_of(places) == {
        "agent": ("777", "750"),
        "writeback": ("777", "750"),
        "ledger.sqlite": ("777", "600"),
        "starts": ("777", "640"),
    }
    for each in misplaced(places, ()):
        protect(each.path, each.wanted)
    assert misplaced(places, ()) == ()


def test_records_may_be_read_by_a_group_and_written_by_nobody_else(
    places: Paths,
) -> None:
    places.audit.chmod(0o640)
    assert misplaced(places, ()) == ()
    places.audit.chmod(0o660)
    assert modes_of(places) == {"audit.jsonl": ("660", "600")}


def test_every_file_of_the_agents_state_is_looked_after(places: Paths) -> None:
    """As after a restore by root: what it can't write or lock, it can't replace."""
    own = (
        *(places.sealing_keys, places.succession, places.breaker, places.audit_head),
        *(lock_of(places.sealing_keys), lock_of(places.succession)),
    )
    for path in own:
        path.write_text("")
        path.chmod(0o644)
    assert modes_of(places) == {path.name: ("644", "600") for path in own}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_what_another_owns_is_told(places: Paths) -> None:
    for path in (places.audit, places.ledger):
        os.chown(path, 65534, 65534)
    found = misplaced(places, ())
    assert {each.path for each in found} == {places.audit, places.ledger}
    for each in found:
        protect(each.path, each.wanted)
    assert misplaced(places, ()) == ()


def test_a_folder_that_an_administrator_put_elsewhere_is_theirs(
    places: Paths,
) -> None:
    elsewhere = places.state.rename(places.state.with_name("elsewhere"))
    places.state.symlink_to(elsewhere)
    elsewhere.chmod(0o755)
    assert misplaced(places, ()) == ()
    places.ledger.chmod(0o644)
    (found,) = misplaced(places, ())
    with pytest.raises(ServiceFailed, match=f"{places.state} is a link"):
        protect(found.path, found.wanted)
    assert places.ledger.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("how", ["link", "hard link", "pipe", "socket"])
def test_what_is_planted_there_leads_to_nothing_else(places: Paths, how: str) -> None:
    theirs = places.home / "theirs"
    theirs.write_text("")
    theirs.chmod(0o644)
    before = theirs.stat()
    places.audit.unlink()
    match how:
        case "link":
            places.audit.symlink_to(theirs)
        case "hard link":
            places.audit.hardlink_to(theirs)
        case "pipe":
            os.mkfifo(places.audit, 0o644)
        case "socket":
            os.mknod(places.audit, 0o140644)
    (found,) = misplaced(places, ())
    with pytest.raises(ServiceFailed, match=str(places.audit)):
        protect(found.path, CLOSED)
    after = theirs.stat()
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)


def test_what_is_gone_needs_nothing(places: Paths) -> None:
    places.audit.unlink()
    assert misplaced(places, ()) == ()
    with pytest.raises(FileNotFoundError):
        protect(places.audit, CLOSED)
