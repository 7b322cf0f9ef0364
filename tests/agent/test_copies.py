"""A copied or restored machine is recognised, and does not serve as another."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from agent import enrolment, equipment, machine
from agent.instance import Instance
from agent.keys import PrivateKeys
from agent.places import Places
from agent.problems import SettingsError
from agent.secret import Secret
from agent.settings import Relay
from agent.status import Status
from agent.twins import WORDS, Asked, Twins
from tests.agent.test_service import places as places  # noqa: PLC0414 - a fixture

HERE = "0123456789abcdef0123456789abcdef"


def test_a_machine_is_named_without_its_id(tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    assert machine.machine_name(path) == ""
    path.write_text(f"{HERE}\n")
    named = machine.machine_name(path)
    assert len(named) == 64
    assert HERE not in named
    path.write_text("uninitialized\n")
    assert machine.machine_name(path) == ""


@pytest.mark.parametrize(
    ("enrolled", "here"), [("a", "a"), ("", "b"), ("a", ""), ("", "")]
)
def test_a_machine_that_is_not_known_for_another_is_no_copy(
    enrolled: str, here: str
) -> None:
    assert not machine.is_copy(enrolled, here)
    assert machine.is_copy("there", "here")


def test_an_agent_does_not_start_on_a_copy(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(equipment, "machine_name", lambda: "here")
    made = enrolment.load(places.enrolment)
    enrolment.save(places.enrolment, replace(made, machine="here"))
    assert equipment.load(places).enrolment.machine == "here"
    enrolment.save(places.enrolment, replace(made, machine="there"))
    with pytest.raises(SettingsError, match="writeback rekey"):
        equipment.load(places)


def test_starts_are_counted_up(tmp_path: Path) -> None:
    first, second = (Instance.begin(tmp_path / "starts") for _ in "12")
    assert (first.starts, second.starts) == (1, 2)
    assert first.id != second.id
    (tmp_path / "starts").write_text("spoiled")
    assert Instance.begin(tmp_path / "starts").starts == 1


ASKED = Asked(
    Relay(url="https://relay.corp.test"),
    "srv1",
    "test",
    Secret("key"),
    PrivateKeys.generate().public,
)


class Looking(Twins):
    """Twins whose looks come from a list."""

    def __init__(self, looks: list[frozenset[str]], told: list[str]) -> None:
        super().__init__(ASKED, Instance("own", 1), told.append, 0.0)
        self._looks = looks

    async def _look(self) -> frozenset[str]:
        if not self._looks:
            raise asyncio.CancelledError
        return self._looks.pop(0)


async def test_a_successor_is_no_twin_and_one_that_stays_is() -> None:
    told: list[str] = []
    a, b, none = frozenset({"a"}), frozenset({"b"}), frozenset[str]()
    with pytest.raises(asyncio.CancelledError):
        await Looking([none, a, b, none, a, a, none], told).run()
    assert told == ["", "", "", "", WORDS, ""]


def test_a_twin_is_told_in_the_status(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    status.on_twin(WORDS)
    assert status.as_dict()["twin"] == WORDS
