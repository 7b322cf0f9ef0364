"""A machine and a process are named, so that a copy is known for one."""

from pathlib import Path

import pytest

from agent.platform.systemd.machine import LinuxMachine
from agent.system import instance
from agent.system.instance import Instance

HERE = "0123456789abcdef0123456789abcdef"


def test_a_machine_is_named_without_its_id(tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    machine = LinuxMachine(path)
    assert instance.name_of(machine.id()) == ""
    path.write_text(f"{HERE}\n")
    named = instance.name_of(machine.id())
    assert len(named) == 64
    assert HERE not in named
    path.write_text("uninitialized\n")
    assert instance.name_of(machine.id()) == ""


@pytest.mark.parametrize(
    ("enrolled", "here"), [("a", "a"), ("", "b"), ("a", ""), ("", "")]
)
def test_a_machine_that_is_not_known_for_another_is_no_copy(
    enrolled: str, here: str
) -> None:
    assert not instance.is_copy(enrolled, here)
    assert instance.is_copy("there", "here")


def test_starts_are_counted_up(tmp_path: Path) -> None:
    first, second = (Instance.begin(tmp_path / "starts") for _ in "12")
    assert (first.starts, second.starts) == (1, 2)
    assert first.id != second.id
    (tmp_path / "starts").write_text("spoiled")
    assert Instance.begin(tmp_path / "starts").starts == 1


def test_one_that_goes_on_beside_a_successor_tells_no_lower_count(
    tmp_path: Path,
) -> None:
    path = tmp_path / "starts"
    first = Instance.begin(path)
    assert first.counted == 1
    second = Instance.begin(path)  # perhaps it never gets ready, and is ended
    assert first.counted == second.counted == 2
    path.unlink()
    assert (first.counted, second.counted) == (1, 2)
