"""The breaker of the agent: shown, told by verify, closed by the administrator."""

from pathlib import Path

import pytest

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.controller.test_controller import MAKES, STARTS, apply
from tests.unit.wizard.fake_host import FakeHost
from wizard.cli.commands.breaker import close
from wizard.cli.commands.status import status
from wizard.cli.commands.verify import verify
from wizard.cli.output import Exit
from wizard.controller.controller import Controller
from wizard.plan.change import StepFailed, allow_all


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    made = FakeHost(tmp_path / "machine")
    apply(Controller(made, allow_all), MAKES, STARTS)
    made.write(made.places.breaker, "{}\n")
    return made


@pytest.fixture
def controller(host: FakeHost) -> Controller:
    return Controller(host, allow_all)


def test_an_open_breaker_is_the_first_thing_that_status_says(
    controller: Controller,
) -> None:
    result = status(controller)

    assert result.code == Exit.FINDINGS
    assert result.data["breaker_is_open"]
    first, *rest = str(result.text).splitlines()
    assert first == "Password writeback is on, but stopped: the breaker is open."
    assert any("writeback breaker close" in line for line in rest)


def test_verify_has_a_row_of_it(host: FakeHost, controller: Controller) -> None:
    def states() -> list[str]:
        rows = verify(controller, SETTINGS).data["checks"]
        return [row["state"] for row in rows if row["id"] == "breaker"]

    assert states() == ["failed"]
    host.remove(host.places.breaker)
    assert states() == []


def test_it_is_closed_only_by_who_accepts_it(
    host: FakeHost, controller: Controller
) -> None:
    refused = close(controller, lambda _text: False)
    assert (refused.code, refused.data["open"]) == (Exit.BAD_USAGE, True)
    assert host.places.breaker.exists()

    closed = close(controller, lambda _text: True)
    assert (closed.code, closed.data["closed"]) == (Exit.DONE, True)
    assert not host.places.breaker.exists()
    assert status(controller).code == Exit.DONE
    again = close(controller, lambda _text: pytest.fail("nothing is to be asked"))
    assert (again.code, again.data["closed"]) == (Exit.DONE, False)


def test_a_file_that_can_not_be_removed_is_told(
    host: FakeHost, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(host, "remove", denied)
    with pytest.raises(StepFailed, match="Permission denied"):
        controller.installation.close_breaker()
    assert controller.installation.breaker_is_open()
