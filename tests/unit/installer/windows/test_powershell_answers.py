"""The PowerShell module against the command line: its words, secrets and answers."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import get_args

import pytest

from installer.paths import REPOSITORY
from installer.windows import powershell_module
from tests.fixtures.windows.powershell import Script
from tests.unit.wizard.cli import test_pseudo_language as scripted
from wire.names import Identifier
from wire.text import Text
from wizard.cli import main as command_line
from wizard.cli import output, service_account
from wizard.cli import secrets as secret_names
from wizard.cli.command import Command
from wizard.cli.commands import permissions
from wizard.cli.commands.order import COMMANDS
from wizard.cli.output import Exit
from wizard.cli.run_plan import failure
from wizard.cli.secrets import CommandSecrets
from wizard.host.sandbox.host import SandboxHost
from wizard.plan import journal
from wizard.plan.change import ApplyError
from wizard.results import SelfTestResult

FOLDER = REPOSITORY / powershell_module.SOURCES
MODULE, PROGRAM, ANSWERS = (
    Script(FOLDER / name) for name in ("Writeback.psm1", "Program.ps1", "Answers.ps1")
)
SECRETS = ["--secrets-fd", "0"]
# every list of words that a function can make, in its order
LISTS: Mapping[str, list[list[str]]] = {
    "Get-WritebackStatus": [["status", "--json"]],
    "Test-WritebackReset": [
        ["test-reset", "--json", "--by", "mail", *end, "--", "-anna@corp.example"]
        for end in (["--check-only"], SECRETS)
    ],
    "Get-WritebackPermission": [
        ["permissions", "check", "--json"],
        ["permissions", "check", "--json", "--settings", "s.yaml", *SECRETS],
        ["permissions", "explain", "--json", "--by", "mail", "--", "-anna"],
        ["permissions", "explain", "--json", "--settings", "s.yaml", "--", "anna"],
    ],
    "Install-Writeback": [
        ["plan", "--json", "--settings", "s.yaml"],
        ["apply", "--yes", "--json", "--settings", "s.yaml", *SECRETS],
        [
            *("plan", "--json", "--settings", "s.yaml"),
            *("--service-account", "CORP\\wb$", *SECRETS),
        ],
    ],
}
GIVEN = {"s.yaml", "mail", "-anna", "anna", "-anna@corp.example", "CORP\\wb$", "0"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands with what they take on Windows alone."""

    def more(command: Command) -> Command:
        own = service_account.arguments("win32")
        return replace(command, arguments=(*command.arguments, *own))

    taking = ("plan", "apply")
    made = tuple(
        more(each) if isinstance(each, Command) and each.name in taking else each
        for each in COMMANDS
    )
    monkeypatch.setattr(command_line, "COMMANDS", made)


@pytest.mark.usefixtures("on_windows")
@pytest.mark.parametrize(
    "words", [each for lists in LISTS.values() for each in lists], ids=" ".join
)
def test_the_command_line_takes_each_list_of_words(words: list[str]) -> None:
    taken = command_line._parser().parse_args(words)
    assert taken.json
    assert getattr(taken, "user", None) in (None, words[-1])
    assert getattr(taken, "secrets_fd", None) == (0 if "0" in words else None)
    # what only reads is stopped by Ctrl-C, what changes something is not
    assert taken.reads or words[0] in ("apply", "test-reset")


@pytest.mark.parametrize("name", LISTS)
def test_these_are_all_the_words_that_the_module_says(name: str) -> None:
    node = MODULE.functions[name].node
    said = {
        word
        for array in MODULE.all("array_expression", below=node)
        for word in MODULE.words(array)
    }
    option, number = PROGRAM.words(PROGRAM.functions["Get-SecretArgument"].node)
    assert [option, number] == SECRETS
    by_hand = {word for words in LISTS[name] for word in words} - GIVEN
    assert said | ({option} & by_hand) == by_hand


def test_whom_one_may_name_by_is_what_the_command_line_takes() -> None:
    for name in ("Test-WritebackReset", "Get-WritebackPermission"):
        source = MODULE.functions[name].source
        (listed,) = (
            line
            for line in source.splitlines()
            if line.strip().startswith("[ValidateSet(")
        )
        assert listed.strip() == "[ValidateSet({})]".format(
            ", ".join(f"'{each}'" for each in get_args(Identifier))
        )


def test_a_secret_has_the_name_that_the_command_line_knows() -> None:
    table = PROGRAM.table("SecretNames")
    node = PROGRAM.functions["Get-GivenSecret"].node
    named = {word for word in PROGRAM.words(node) if "_" in word} | {*table.values()}
    assert named == {*secret_names.NAMES, *secret_names._OF_SYSTEM["win32"]}
    typed = {
        name
        for each in MODULE.functions.values()
        for name, kind in each.parameters.items()
        if kind in ("[securestring]", "[pscredential]")
    }
    assert typed == {*table, "AdminCredential"}
    # and what a command takes is given on by it
    for each in MODULE.functions.values():
        takes = any(kind == "[securestring]" for kind in each.parameters.values())
        assert takes == ("Get-GivenSecret -Bound $PSBoundParameters" in each.source)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_it_writes_to_standard_input_is_read(mark: str) -> None:
    before, between, end = (
        text
        for text in PROGRAM.words(PROGRAM.functions["Write-Secret"].node)
        if text != '":"'
    )
    assert (before, between, end) == ('{"', '","', '"}')
    password = 'Päss"wörd\\\U0001f511'
    units = password.encode("utf-16-le")
    escaped = "".join(
        f"\\u{int.from_bytes(units[at : at + 2], 'little'):04x}"
        for at in range(0, len(units), 2)
    )
    pair = f'{before}admin_user":"anna{between}admin_password":"{escaped}{end}'
    reading, writing = os.pipe()
    # .NET Framework begins with a byte order mark where the code page is 65001
    os.write(writing, (mark + pair).encode())
    os.close(writing)
    read = CommandSecrets.read(reading)
    password_read = read.get("admin_password")
    assert password_read is not None
    assert password_read.reveal() == password


def test_a_state_is_given_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = set(scripted.status_of(scripted.installed(running=True, relay=True)).data)
    told |= set(output.without_settings(tmp_path / "settings.yaml").data)
    journal.begin(SandboxHost(tmp_path).places.journal)
    command_line.main(["status", "--home", str(tmp_path), "--json"])
    told |= set(json.loads(capsys.readouterr().out)) - {"exit"}
    assert set(ANSWERS.table("StatusFields").values()) == told


def test_a_test_reset_is_given_whole() -> None:
    data = asdict(SelfTestResult("ok", "message", "admin"))
    assert set(ANSWERS.table("ResetFields").values()) == set(data)


def test_permissions_are_given_whole() -> None:
    everybody = scripted.judged(permissions.check)
    assert set(ANSWERS.table("CoverageFields").values()) == set(everybody.data)
    one = scripted.judged(permissions.explain, None, "anna")
    assert set(ANSWERS.table("PersonFields").values()) == set(one.data)


def test_a_plan_and_what_came_of_it_are_given_whole() -> None:
    planned = scripted.shown(scripted.MAKES).data
    made = scripted.carried_out(changes=(scripted.MAKES, scripted.ENROLS))
    assert set(ANSWERS.table("PlanFields").values()) == set(made.data)
    assert set(planned) <= set(made.data)
    # by which the module lists them
    assert all(each["summary"] for each in (*planned["changes"], *made.data["changes"]))


def test_every_end_of_a_command_has_an_id_of_its_own() -> None:
    text = ANSWERS.text[: ANSWERS.text.index("# property of the object")]
    ends = dict(
        line.strip().split(" = @('", 1)
        for line in text.splitlines()
        if " = @('" in line
    )
    assert {int(code) for code in ends} == set(Exit) - {Exit.DONE}
    assert len({each.split("'")[0] for each in ends.values()}) == len(ends)


def test_an_error_is_told_by_the_fields_that_a_failure_has() -> None:
    source = ANSWERS.functions["New-WritebackError"].source
    failed = failure(
        ApplyError(scripted.ENROLS, Text("It broke."), (scripted.MAKES,), ())
    )
    assert {"failed", "reason"} <= set(failed.data)
    for name in ("error", "failed", "reason", "remedy"):
        assert f"'{name}'" in source


def test_the_document_names_each_secret_and_command() -> None:
    text = (REPOSITORY / "docs/windows.md").read_text("utf-8")
    part = text[text.index("## Unattended") : text.index("## Reconfiguring")]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {*secret_names.NAMES, *secret_names._OF_SYSTEM["win32"]}
    assert all(f"| `{name}` |" in text for name in MODULE.functions)
    for words in re.findall(r"^    writeback ([a-z][^<\n]*)", text, re.MULTILINE):
        taken = command_line._parser().parse_args(words.split())
        assert taken.command == words.split()[0]
