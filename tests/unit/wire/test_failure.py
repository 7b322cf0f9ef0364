"""What failed and what to do are one text, by one rule."""

import json
import os
import subprocess
import sys

import pytest

from wire.failure import Failure, sentence
from wire.text import Text


@pytest.mark.parametrize(
    ("what", "remedy", "text"),
    [
        ("It moved.", "Look.", "It moved. Look."),
        ("the right is missing", "grant it", "the right is missing; grant it"),
        ("It moved.", "", "It moved."),
        ("site.yaml can't be used:\n  a: b", "Mend it.", "%s\nMend it."),
        ("pip failed.", "line\nline", "pip failed.\nline\nline"),
    ],
)
def test_what_and_remedy_are_one_text(what: str, remedy: str, text: str) -> None:
    error = Failure(Text(what), Text(remedy))
    assert str(error) == text.replace("%s", what)
    assert (error.what, error.remedy) == (what, remedy)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is missing", "Is missing."),
        ("It moved.", "It moved."),
        ("refused (401)", "Refused (401)."),
        ("it is 'aaa...'", "It is 'aaa...'."),
        ("and so on...", "And so on..."),
        ("pwdLastSet is 0", "pwdLastSet is 0."),
        ("corp.test has no group", "corp.test has no group."),
        ("dc1 does not answer", "dc1 does not answer."),
        ("it's gone: why", "It's gone: why."),
        ("", ""),
    ],
)
def test_an_error_is_written_as_a_sentence(text: str, expected: str) -> None:
    assert sentence(text) == expected


# exceptions that no administrator reads: how one part says to another what is so
_INTERNAL = {
    "agent.acl.errors.DescriptorError",
    "agent.config.settings_file._DuplicateKey",
    "agent.config.validators.FieldRule",
    "agent.ldap.bounded_socket.BadAnswer",
    "agent.ldap.dn.BadName",
    "agent.platform.interface.CredentialUnusable",
    "agent.platform.interface.FolderOfOthers",
    "agent.platform.windows.service_host.version_change.NotOver",
    "wire.http_session.AnswerTooLong",
    "agent.request.answer.Ended",
    "agent.request.ledger.LedgerFailed",
    "relay.broker.ListenerSilent",
    "relay.broker.NoListener",
    "relay.broker.TooMany",
    "relay.listener.ListenerGone",
    "relay.listener.NotTaken",
    "wire.hybrid_connections.BadMessage",
    "wire.sas.BadToken",
    "wire.sas.ExpiredToken",
    "wire.sas.WrongKey",
    "wizard.elevation.windows.framing.BadFrame",
    "wizard.permissions.export.Unfinished",
}
_LIST = """
import builtins, importlib, inspect, json, pkgutil
found = set()
for root in ("agent", "relay", "wire", "wizard"):
    for each in pkgutil.walk_packages([root], f"{root}."):
        if ".pywin32_" in each.name:  # of Windows alone
            continue
        module = importlib.import_module(each.name)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, BaseException) and kind.__module__ == each.name:
                failure = any(base.__name__ == "Failure" for base in kind.__mro__)
                found |= set() if failure else {f"{each.name}.{name}"}
print(json.dumps(sorted(found)))
"""


def test_every_error_that_an_administrator_reads_is_a_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIST],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert set(json.loads(done.stdout)) == _INTERNAL
