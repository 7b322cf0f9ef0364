"""The service's account is chosen on Windows alone; its password is no argument."""

import argparse
import json
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from wire.secret import Secret
from wizard.cli import invocation, secrets, service_account
from wizard.cli.invocation import Invocation
from wizard.host.windows.service_account import ServiceAccount

NAMES = ("service_password", "previous_service_password")
CANARY = "canary-of-the-service"


def asked_with(monkeypatch: pytest.MonkeyPatch, **arguments: object) -> Any:
    """Give the account, and the old password, that the machine is asked for with."""
    asked: list[object] = []
    administrator = SimpleNamespace(machine=SimpleNamespace(is_administrator=True))
    monkeypatch.setattr(invocation, "this_platform", lambda: administrator)

    def machine(account: object, old_password: Callable[[], object]) -> None:
        asked.extend((account, old_password))

    monkeypatch.setattr(invocation, "this_machine", machine)
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)
    named = argparse.Namespace(home=None, secrets_fd=None, **arguments)
    _ = Invocation(named).host
    return asked


def account_of(monkeypatch: pytest.MonkeyPatch, **arguments: object) -> object:
    """Give the account that the machine is asked for with."""
    return asked_with(monkeypatch, **arguments)[0]


def test_linux_has_no_such_option() -> None:
    assert service_account.arguments("linux") == ()
    (option,) = service_account.arguments("win32")
    assert option.names == ("--service-account",)


def test_without_it_the_account_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert account_of(monkeypatch) is None
    assert account_of(monkeypatch, service_account=None) is None


def test_a_gmsa_needs_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    found = account_of(monkeypatch, service_account=r"CORP\writeback$")
    assert found == ServiceAccount(r"CORP\writeback$")


def give(monkeypatch: pytest.MonkeyPatch, **named: str) -> None:
    """Give secrets by a descriptor, as on Windows."""
    monkeypatch.setattr(secrets, "NAMES", NAMES)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        json.dump(named, file)
    given = secrets.CommandSecrets.read(reading)
    monkeypatch.setattr(Invocation, "secrets", given)


@pytest.mark.parametrize(
    ("chosen", "given", "old"),
    [
        (None, {"service_password": "a"}, "a"),
        (r"CORP\writeback$", {"service_password": "a"}, "a"),
        (r"CORP\svc", {"service_password": "a"}, None),
        (
            r"CORP\svc",
            {"service_password": "a", "previous_service_password": "b"},
            "b",
        ),
        (None, {}, None),
    ],
)
def test_the_account_that_is_left_has_its_own_password(
    monkeypatch: pytest.MonkeyPatch,
    chosen: str | None,
    given: dict[str, str],
    old: str | None,
) -> None:
    give(monkeypatch, **given)
    _, old_password = asked_with(monkeypatch, service_account=chosen)
    assert old_password() == (None if old is None else Secret(old))


def test_a_password_comes_by_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, service_password=CANARY)
    found = account_of(monkeypatch, service_account=r"CORP\svc")
    assert found == ServiceAccount(r"CORP\svc", Secret(CANARY))
    assert CANARY not in repr(found)


def test_linux_takes_no_such_secret() -> None:
    assert not {*NAMES} & {*secrets.NAMES}
