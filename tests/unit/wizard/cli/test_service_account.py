"""The service's account is chosen on Windows alone; its password is no argument."""

import argparse
import json
import os
from types import SimpleNamespace

import pytest

from wire.secret import Secret
from wizard.cli import invocation, secrets, service_account
from wizard.cli.invocation import Invocation
from wizard.host.windows.service_account import ServiceAccount

CANARY = "canary-of-the-service"


def account_of(monkeypatch: pytest.MonkeyPatch, **arguments: object) -> object:
    """Give the account that the machine is asked for with."""
    asked: list[object] = []
    administrator = SimpleNamespace(machine=SimpleNamespace(is_administrator=True))
    monkeypatch.setattr(invocation, "this_platform", lambda: administrator)

    def machine(account: object) -> None:
        asked.append(account)

    monkeypatch.setattr(invocation, "this_machine", machine)
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)
    named = argparse.Namespace(home=None, secrets_fd=None, **arguments)
    _ = Invocation(named).host
    (account,) = asked
    return account


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


def test_a_password_comes_by_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "NAMES", (secrets.SERVICE_PASSWORD,))
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        json.dump({"service_password": CANARY}, file)
    given = secrets.CommandSecrets.read(reading)
    monkeypatch.setattr(Invocation, "secrets", given)
    found = account_of(monkeypatch, service_account=r"CORP\svc")
    assert found == ServiceAccount(r"CORP\svc", Secret(CANARY))
    assert CANARY not in repr(found)


def test_linux_takes_no_such_secret() -> None:
    assert secrets.SERVICE_PASSWORD not in secrets.NAMES
