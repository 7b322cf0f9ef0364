"""acceptance.ps1 and the workflow that runs it, read without Windows.

What it asks of the programs is parsed by their own parsers; the form of its result is
the schema beside it; a secret has one way, which ends at standard input.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    ValidationError,
)

import agent.__main__ as agent_program
from agent.platform.windows import image_path
from agent.platform.windows.event_journal import LOG_ID
from agent.platform.windows.service_sid import SERVICE
from installer import __main__ as builder
from installer.paths import REPOSITORY
from installer.windows import build, product
from tests.fixtures.windows.powershell import VERBS, Function, Script, keyed
from wizard.cli import main as command_line
from wizard.cli.secrets import _OF_SYSTEM, NAMES

FOLDER = REPOSITORY / "installer/windows"
SCRIPT = Script(FOLDER / "acceptance.ps1")
SCHEMA = json.loads((FOLDER / "acceptance.schema.json").read_text())
WORKFLOW = REPOSITORY / ".github/workflows/windows-acceptance.yml"
# of Windows PowerShell 5.1 and of 7, by their whole names
KNOWN = {
    *("ConvertFrom-Json", "ConvertTo-Json", "ForEach-Object", "Where-Object"),
    *("Get-AuthenticodeSignature", "Get-CimInstance", "Get-Command", "Get-Content"),
    "Get-ChildItem",
    *("Get-FileHash", "Get-ItemProperty", "Get-WinEvent", "Import-Module"),
    *("Invoke-CimMethod", "Join-Path", "New-Object", "New-Service", "Out-String"),
    *("Remove-Item", "Remove-Module", "Resolve-Path", "Select-Object", "Set-Service"),
    *("Set-StrictMode", "Split-Path", "Start-Process", "Start-Sleep", "Stop-Process"),
    *("Test-Path", "Write-Output"),
}
MODULE = {
    *("Get-WritebackStatus", "Test-WritebackReset", "Get-WritebackPermission"),
    "Install-Writeback",
}


def keys_of(function: Function) -> list[str]:
    """Give the fields of the first table that a function makes."""
    table = next(SCRIPT.all("hash_literal_expression", below=function.node))
    entries = SCRIPT.all("key_expression", below=table)
    return [SCRIPT.of(each) for each in entries]


def steps() -> Iterator[tuple[str, list[str]]]:
    for name, elements in SCRIPT.commands():
        if name == "Invoke-Step":
            needs = elements[3:-2] if "-Needs" in elements else []
            yield elements[1].strip("'"), re.findall(r"'([\w-]+)'", " ".join(needs))


def test_it_is_powershell_of_both_versions() -> None:
    assert SCRIPT.wrong() == []
    assert not list(SCRIPT.all("??", "?.", "&&", "||", "ternary_expression"))
    assert not re.search(r"[ \t]+$|\t", SCRIPT.text, re.MULTILINE)
    called = {name for name, _ in SCRIPT.commands()}
    assert called <= KNOWN | MODULE | set(SCRIPT.functions)
    assert set(SCRIPT.functions) <= called
    assert {name.partition("-")[0] for name in SCRIPT.functions} <= VERBS


def test_its_help_names_each_parameter() -> None:
    (block,) = (
        SCRIPT.of(each)
        for each in SCRIPT.all("comment")
        if SCRIPT.of(each).startswith("<#")
    )
    told = [part.partition("\n")[0] for part in keyed(block, "PARAMETER")]
    assert told == parameters()
    assert keyed(block, "SYNOPSIS")
    assert len(keyed(block, "EXAMPLE")) == 2
    named = re.findall(r"\b[a-z]+_[a-z_]+\b", block)
    assert set(named) <= {*NAMES, *_OF_SYSTEM["win32"]}


def parameters() -> list[str]:
    head = SCRIPT.text[
        SCRIPT.text.index("param(") : SCRIPT.text.index("Set-StrictMode")
    ]
    return re.findall(r"\[\w+\] \$(\w+)", head)


def test_what_it_writes_is_of_the_schemas_form() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert keys_of(SCRIPT.functions["Write-Result"]) == SCHEMA["required"]
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    step = SCHEMA["properties"]["steps"]["items"]
    assert keys_of(SCRIPT.functions["Invoke-Step"]) == step["required"]
    states = set(re.findall(r"\$state = '(\w+)'", SCRIPT.text))
    assert states == set(step["properties"]["state"]["enum"])


def sample(**changed: object) -> dict[str, Any]:
    step = {"name": "install", "state": "ok", "ok": True, "ms": 1, "detail": ""}
    return {
        "version": 1,
        "ok": True,
        "started": "2026-12-01T00:00:00Z",
        "with_domain": False,
        "msi": "writeback-0.9.0.msi",
        "newer_msi": None,
        "windows": "Microsoft Windows Server 2025 Datacenter",
        "build": "26100",
        "powershell": "5.1.26100.1",
        "in_domain": False,
        "steps": [step],
        **changed,
    }


def test_the_schema_takes_a_result_and_refuses_another_form() -> None:
    judge = Draft202012Validator(SCHEMA)
    judge.validate(sample())
    others: list[dict[str, object]] = [
        {"steps": []},
        {"password": "x"},
        {"ok": "yes"},
        {"started": "now"},
    ]
    for wrong in others:
        with pytest.raises(ValidationError):
            judge.validate(sample(**wrong))


def test_each_step_needs_what_came_before_it() -> None:
    known: list[str] = []
    for name, needs in steps():
        assert re.fullmatch(
            SCHEMA["properties"]["steps"]["items"]["properties"]["name"]["pattern"],
            name,
        )
        assert name not in known
        assert set(needs) <= set(known) or name == "nothing-left"
        known.append(name)
    for wanted in (
        *("install", "apply", "agent-check", "verify", "directory-check", "reset"),
        *("reconfigure", "upgrade", "downgrade", "kill", "repair", "remove"),
        *("uninstall", "nothing-left"),
    ):
        assert wanted in known


def test_nothing_is_touched_where_writeback_is_or_was() -> None:
    needs = dict(steps())
    assert needs["install"] == ["clean"]

    def rests_on(name: str) -> bool:
        return name == "clean" or any(map(rests_on, needs[name]))

    assert all(map(rests_on, needs))


def test_removal_is_tried_whatever_failed() -> None:
    needs = dict(steps())
    assert needs["remove"] == needs["uninstall"] == ["install"]
    last = SCRIPT.text[SCRIPT.text.index("\nfinally {") :]
    assert last.index("Invoke-EndStep") < last.index("Write-Result")


def test_a_secret_ends_at_standard_input_and_is_hidden_in_the_result() -> None:
    for word in ("AsPlainText", "PtrToString", "GetNetworkCredential", "Write-Host"):
        assert word not in SCRIPT.text
    holding = {
        name
        for name, each in SCRIPT.functions.items()
        if re.search(r"\$script:Secrets\[\$", each.source)
    }
    assert holding == {
        "Read-Secret",
        "Hide-Secret",
        "Get-SecureSecret",
        "Get-SecretText",
    }
    # by a name that is written out: that of the administrator, and what is made here
    named = re.findall(r"\$script:Secrets\['(\w+)'\]", SCRIPT.text)
    assert sorted(named) == ["admin_user", "new_password"]
    # the JSON object is given on by the pipeline alone
    assert SCRIPT.text.count("Get-SecretText") == 2
    assert "-InputText $secrets" in SCRIPT.functions["Invoke-EndStep"].source
    assert "$InputText | & $path" in SCRIPT.functions["Invoke-Native"].source
    assert (
        "detail = Hide-Secret -Text $detail" in SCRIPT.functions["Invoke-Step"].source
    )
    result = SCRIPT.functions["Write-Result"].source
    assert "$text = Hide-Secret -Text (ConvertTo-Json" in result
    assert "WriteAllText($place, $text)" in result


def native() -> Iterator[tuple[str, list[str]]]:
    """Give the words of every call of a program, by the program."""
    for found in re.finditer(
        r"-Program '([\w-]+)\.exe' -ArgumentList (\$words|@\(([^)]*)\))", SCRIPT.text
    ):
        listed = found[3]
        if listed is None:
            before = SCRIPT.text[: found.start()]
            listed = before[before.rindex("$words = @(") :].split("\n")[0]
        yield found[1], re.findall(r"'([^']*)'", listed)


def test_the_programs_take_what_they_are_asked() -> None:
    calls = list(native())
    assert len(calls) >= 9
    assert SCRIPT.text.count("Invoke-Native -Program") == len(calls)
    for program, words in calls:
        if words == ["--version"]:
            continue
        parser: Any = {
            "writeback": command_line._parser,
            "writeback-agent": agent_program._parser,
        }[program]()
        taken = parser.parse_args(words)
        assert taken.json
        if getattr(taken, "reads", True) is False:
            assert taken.yes


def test_the_names_are_the_products() -> None:
    assert f"$script:Service = '{SERVICE}'" in SCRIPT.text
    assert f"$script:Registry = 'HKLM:\\{product.REGISTRY}'" in SCRIPT.text
    assert f"$script:EventId = {LOG_ID}" in SCRIPT.text
    assert f"$_.DisplayName -eq '{product.NAME}'" in SCRIPT.text
    host = f'$image = "`"$program`" -I -m {image_path.HOST}"'
    assert host in SCRIPT.functions["Test-VirtualAccount"].source
    python = r"C:\x\python\python.exe"
    assert image_path.spelled(python) == f'"{python}" -I -m {image_path.HOST}'


@pytest.fixture(scope="module")
def jobs() -> Mapping[str, Any]:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    # YAML 1.1 reads the word `on` as true
    assert set(workflow[True]) == {"workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    made: Mapping[str, Any] = workflow["jobs"]
    return made


def runs(job: Mapping[str, Any]) -> str:
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


def test_the_workflow_builds_what_it_tries(jobs: Mapping[str, Any]) -> None:
    built = set()
    for line in runs(jobs["build"]).splitlines():
        words = shlex.split(line)
        if words[:2] != ["./dev", "build"]:
            continue
        taken = builder._parser().parse_args(words[2:])
        assert taken.windows
        msi, _bill = build.file_names(taken.version)
        built.add(f"{taken.out}/{msi}".replace("/", "\\"))
        assert product.msi_version(taken.version)
    assert len(built) == 2
    for name in ("machine", "domain"):
        assert jobs[name]["needs"] == "build"
        tried = re.findall(r"-(?:Newer)?Msi (\S+)", runs(jobs[name]))
        assert set(tried) == built
    assert jobs["machine"]["strategy"]["matrix"]["os"] == [
        "windows-2022",
        "windows-2025",
    ]


def test_the_workflow_names_files_parameters_and_artifacts_that_are_there(
    jobs: Mapping[str, Any],
) -> None:
    for name in ("machine", "domain"):
        run = runs(jobs[name])
        (path,) = re.findall(r"installer\\[\w\\.]+\.ps1", run)
        assert REPOSITORY / path.replace("\\", "/") == SCRIPT.path
        given = run[run.index(".ps1") :]
        assert set(re.findall(r"\s-(\w+) ", given)) <= set(parameters())
        artifacts = [step["with"] for step in jobs[name]["steps"] if "with" in step]
        (taken,) = (each for each in artifacts if each.get("name") == "msi")
        assert taken["path"] == "dist"
        assert any(each["path"] == "acceptance.json" for each in artifacts)
    (handed,) = (
        s["with"] for s in jobs["build"]["steps"] if "upload" in s.get("uses", "")
    )
    assert (handed["name"], handed["path"]) == ("msi", "dist/")
    assert (REPOSITORY / "installer/windows").is_dir()
    assert "-Path installer/windows " in runs(jobs["analyze"])


def test_the_workflow_gives_its_secret_to_one_job_by_the_pipeline(
    jobs: Mapping[str, Any],
) -> None:
    holding = [name for name, job in jobs.items() if "secrets." in json.dumps(job)]
    assert holding == ["domain"]
    job = jobs["domain"]
    assert job["if"] == "inputs.domain"
    assert "self-hosted" in job["runs-on"]
    assert job["environment"]
    assert runs(job).startswith("$env:ACCEPTANCE_SECRETS | ")
    for each in jobs.values():
        assert "secrets." not in runs(each)
        # an input is text of somebody else's: it is no part of a script
        assert "inputs." not in runs(each)
