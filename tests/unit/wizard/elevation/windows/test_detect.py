"""On Windows the wizard of a person who is no administrator goes through the helper."""

import sys
from types import ModuleType

import pytest

from agent.platform import detect as platforms
from agent.platform.windows.platform import WindowsPlatform
from tests.fixtures.windows.fake_pipes import FakePeer
from wire.text import Text
from wizard import __main__ as desktop
from wizard.controller.controller import Controller
from wizard.elevation import detect
from wizard.elevation.errors import NotAllowed, NotReached, Unexpected
from wizard.elevation.remote_controller import RemotePart
from wizard.elevation.windows.client import HelperClient


@pytest.fixture(autouse=True)
def on_windows(window: FakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    port = ModuleType("pywin32_pipes")
    port.PyWin32Pipes = lambda: window  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wizard.elevation.windows.pywin32_pipes", port)
    monkeypatch.setattr(platforms, "_chosen", lambda: WindowsPlatform(window))
    monkeypatch.setattr(sys, "platform", "win32")


def test_the_service_is_the_helper_and_nothing_is_started_yet(
    window: FakePeer,
) -> None:
    assert isinstance(detect.service_client(), HelperClient)
    assert isinstance(desktop.controller_for(None).changes, RemotePart)
    assert not window.machine.started


def test_whoever_is_elevated_needs_no_helper(
    window: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.elevated = True
    monkeypatch.setattr(desktop, "this_machine", lambda: "this machine")
    assert isinstance(desktop.controller_for(None), Controller)


def test_the_way_without_it_is_an_elevated_prompt() -> None:
    for error in (NotAllowed(Text("No.")), NotReached(Text("No."))):
        assert "Run as administrator" in error.remedy
    remedy = Unexpected("ValueError").remedy
    assert "Run as administrator" in remedy
    assert "writeback status" in remedy


def test_the_helper_forgets_variables_before_it_serves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = {"OPENSSL_CONF": "x", "USERNAME": "ada"}
    monkeypatch.setattr(
        "wizard.elevation.windows.variables.forget_variables.__defaults__",
        (environment,),
    )
    assert detect.serve(["no name of a pipe"]) == 2
    assert "OPENSSL_CONF" not in environment
