"""The PowerShell module: what can be held without PowerShell, by its grammar.

The rules are PSScriptAnalyzer's, as far as they can be asked of the source; the lists
of words are compared with the parser of the command line, the fields with its answers.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.errors import BuildError
from installer.paths import REPOSITORY
from installer.windows import layout, powershell_module
from installer.windows.layout import Feature
from tests.fixtures.windows.powershell import VERBS, Function, Script, keyed

SCRIPTS = [
    Script(path)
    for path in sorted((REPOSITORY / powershell_module.SOURCES).glob("*.ps*1"))
]
PUBLIC = {
    *("Get-WritebackStatus", "Test-WritebackReset", "Get-WritebackPermission"),
    "Install-Writeback",
}
# of PowerShell itself, in 5.1 and in 7, by their whole names
KNOWN = {
    *("Add-Member", "ConvertFrom-Json", "Export-ModuleMember", "ForEach-Object"),
    *("Join-Path", "New-Object", "Test-Path", "Where-Object", "Write-Debug"),
    *("Set-StrictMode", "Write-Verbose"),
}
# what only 7 understands
NEWER = ("??", "?.", "?[", "&&", "||", "ternary_expression")
AUTOMATIC = re.compile(
    r"\$(args|error|event|foreach|home|host|input|matches|myinvocation|pid|profile"
    r"|pwd|sender|this|true|false|null|_)\s*(=|\+=)",
    re.IGNORECASE,
)
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.path.name)


def functions() -> dict[str, Function]:
    return {name: each for one in SCRIPTS for name, each in one.functions.items()}


@each_script
def test_it_is_powershell_of_both_versions(script: Script) -> None:
    assert script.wrong() == []
    assert not list(script.all(*NEWER))


def test_what_is_no_powershell_is_seen(tmp_path: Path) -> None:
    (tmp_path / "x.ps1").write_text("function Get-It {\n    if ($a {\n}\n")
    assert Script(tmp_path / "x.ps1").wrong()


@each_script
def test_it_is_written_as_the_analyzer_wants_it(script: Script) -> None:
    assert not re.search(r"[ \t]+$|\t", script.text, re.MULTILINE)
    assert not AUTOMATIC.search(script.text)
    # a list is filtered by what stands on the left
    assert not re.search(r"-(eq|ne)\s+\$null", script.text)
    assert "$global:" not in script.text
    for name in script.functions:
        verb, _, noun = name.partition("-")
        assert verb in VERBS
        assert re.fullmatch(r"[A-Z][A-Za-z]+", noun)
        assert noun.endswith(("Status", "ss")) or not noun.endswith("s")


@each_script
def test_every_command_is_named_whole_and_every_value_by_its_parameter(
    script: Script,
) -> None:
    calls = list(script.commands())
    own = set(functions())
    assert {name for name, _ in calls} <= KNOWN | own
    for name, elements in calls:
        before = ""
        for each in elements:
            # a splatted table has the names in it
            assert each.startswith(("-", "@")) or before.startswith("-"), (name, each)
            before = each


def test_a_secret_is_never_text() -> None:
    whole = "\n".join(script.text for script in SCRIPTS)
    for word in ("AsPlainText", "PtrToString", "GetNetworkCredential", "Transcript"):
        assert word not in whole
    for each in functions().values():
        for name, kind in each.parameters.items():
            if re.search(r"Password|Code$|^Secret$", name):
                assert kind == "[securestring]", (each.name, name)
            if name.endswith("Credential"):
                assert kind == "[pscredential]"


def test_each_command_says_what_it_does_takes_and_gives() -> None:
    for name in PUBLIC:
        each = functions()[name]
        (synopsis,) = keyed(each.help, "SYNOPSIS")
        assert re.fullmatch(r"[A-Z].*\.\n?", synopsis)
        assert keyed(each.help, "DESCRIPTION")
        assert len(keyed(each.help, "EXAMPLE")) >= 2
        assert all(name in example for example in keyed(each.help, "EXAMPLE"))
        told = [part.partition("\n")[0] for part in keyed(each.help, "PARAMETER")]
        assert told == list(each.parameters)
        (given_back,) = keyed(each.help, "OUTPUTS")
        declared = re.findall(r"\[OutputType\('([\w.]+)'", each.source)
        assert declared
        assert all(kind in given_back for kind in declared)


def test_what_changes_something_can_be_asked_first() -> None:
    asks = {
        name for name, each in functions().items() if ".ShouldProcess(" in each.source
    }
    declares = {
        name
        for name, each in functions().items()
        if "SupportsShouldProcess = $true" in each.source
    }
    assert asks == declares == {"Test-WritebackReset", "Install-Writeback"}
    assert "ConfirmImpact = 'High'" in functions()["Install-Writeback"].source


def test_the_manifest_gives_these_commands_and_no_others() -> None:
    (manifest,) = (one for one in SCRIPTS if one.path.suffix == ".psd1")
    (module,) = (one for one in SCRIPTS if one.path.suffix == ".psm1")
    listed = {word for word in manifest.words() if "-Writeback" in word}
    assert listed == PUBLIC
    exported = module.text[module.text.index("Export-ModuleMember") :]
    assert set(re.findall(r"'([\w-]+)'", exported)) == PUBLIC
    for none in ("Cmdlets", "Variables", "Aliases"):
        assert f"{none}ToExport = @()" in manifest.text
    assert {one for one in functions() if functions()[one].help} == PUBLIC


def test_what_is_shown_of_an_object_is_in_it() -> None:
    (answers,) = (one for one in SCRIPTS if one.path.name == "Answers.ps1")
    path = REPOSITORY / powershell_module.SOURCES / "Writeback.format.ps1xml"
    tables = {
        "Writeback.Status": ("StatusFields", "Serving"),
        "Writeback.TestReset": ("ResetFields", "Identity", "Succeeded"),
        "Writeback.PermissionCheck": ("CoverageFields", "Complete"),
        "Writeback.PersonPermission": ("PersonFields", "Complete"),
        "Writeback.Installation": ("PlanFields", "Applied"),
    }
    views = ET.fromstring(path.read_text("ascii")).iter("View")  # noqa: S314 - our own
    seen = {}
    for view in views:
        shown = {each.text for each in view.iter("PropertyName")}
        table, *added = tables[view.findtext(".//TypeName", "")]
        assert shown <= {*answers.table(table), *added}
        for name in added:
            assert f"-Name '{name}'" in "".join(one.text for one in SCRIPTS)
        seen[view.findtext("Name")] = shown
    assert set(seen) == set(tables)


def test_it_is_laid_out_for_windows_with_the_version_of_the_build(
    tmp_path: Path,
) -> None:
    laid = powershell_module.lay_out(REPOSITORY, tmp_path, "1.2.3")
    names = {path.relative_to(tmp_path).as_posix() for path in laid}
    for path in laid:
        content = path.read_bytes()
        assert content.isascii()
        assert content.count(b"\r\n") == content.count(b"\n")
    assert "powershell/Writeback/Writeback.psd1" in names
    assert {layout.feature_of(name) for name in names} == {Feature.AGENT}
    manifest = (tmp_path / "powershell/Writeback/Writeback.psd1").read_text()
    assert "    ModuleVersion = '1.2.3'\n" in manifest
    # what it loads lies beside it, and the program two folders above
    for named in re.findall(r"'([\w.]+\.ps\w+)'", manifest):
        assert f"powershell/Writeback/{named}" in names
    program = (tmp_path / "powershell/Writeback/Program.ps1").read_text()
    assert r"$PSScriptRoot -ChildPath '..\..\writeback.exe'" in program


def test_a_manifest_without_a_version_is_refused() -> None:
    with pytest.raises(BuildError):
        powershell_module.versioned("@{ }\n", "1.2.3")


def quoted(value: str) -> str:
    """Quote by the expressions of the module itself."""
    (script,) = (one for one in SCRIPTS if one.path.name == "Program.ps1")
    words = [*script.words(script.functions["Format-NativeArgument"].node)]
    empty, plain, *replaced, mark, _mark = words
    if value != empty and not re.search(plain, value):
        return value
    for wanted, made in zip(replaced[::2], replaced[1::2], strict=True):
        by = made.replace("\\", "\\\\").replace("$1", r"\g<1>")
        value = re.sub(wanted.replace(r"\z", r"\Z"), by, value)
    return f"{mark}{value}{mark}"


def taken_apart(line: str) -> list[str]:
    """Take a command line apart as programs of Windows do (CommandLineToArgvW)."""
    found, current, inside, started = [], "", False, False
    at = 0
    while at < len(line):
        run = len(line) - at - len(line[at:].lstrip("\\"))
        if run:
            at, started = at + run, True
            if line[at : at + 1] != '"':
                current += "\\" * run
                continue
            current += "\\" * (run // 2)
            if run % 2:
                current, at = current + '"', at + 1
                continue
        if line[at] == '"':
            inside, started = not inside, True
        elif line[at] in " \t" and not inside:
            if started:
                found.append(current)
            current, started = "", False
        else:
            current, started = current + line[at], True
        at += 1
    return [*found, current] if started else found


@given(st.lists(st.text(alphabet='a\\" \t-é')))
def test_a_word_arrives_as_it_was_given(words: list[str]) -> None:
    assert taken_apart(" ".join(map(quoted, words))) == words
