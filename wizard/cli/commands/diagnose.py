"""Diagnose: every check as a row, and a file for whoever helps."""

from pathlib import Path
from typing import Any

from agent.config.errors import SettingsError
from agent.config.settings import Settings
from wire.text import Text
from wizard.cli.command import YES, Argument, Command
from wizard.cli.diagnosis import archive
from wizard.cli.diagnosis.archive import Listed
from wizard.cli.diagnosis.contents import contents
from wizard.cli.diagnosis.rows import Row, rows
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, checks_data, checks_text, lines
from wizard.cli.signals import STOPPING, stopped_by_signal
from wizard.results import Check
from wizard.translation import say

_HEAD = Text("The file will hold, and nothing else:")
_HOLDS = Text(
    "No password, no key and no person's name is in it. It names servers, "
    "containers, the pilot group and the service account: look at it before you "
    "send it."
)


def _diagnose(invocation: Invocation) -> Result:
    settings, made = _found(invocation)
    found = tuple(row.shown for row in made)
    bad = any(row.state in ("failed", "warning") for row in found)
    code = Exit.FINDINGS if bad else Exit.DONE
    result = Result(code, checks_text(found), {"checks": checks_data(found)})
    path: Path | None = invocation.arguments.zip
    if path is None:
        return result
    return _with_file(invocation, settings, made, result)


def _found(invocation: Invocation) -> tuple[Settings | None, tuple[Row, ...]]:
    """Give the settings in force, and all rows; SettingsError is a row, too."""
    installation = invocation.controller.installation
    try:
        installed = installation.installed()
    except SettingsError as error:
        return None, (Row.of_settings(error),)
    if installed is None:
        detail, remedy = Text("Nothing is set up here."), Text("Run writeback apply.")
        missing = Check("settings", Text("Settings"), "failed", detail, remedy)
        return None, (Row.of(missing),)
    with stopped_by_signal(STOPPING) as stop:
        settings = installed.settings
        return settings, tuple(rows(invocation.controller, settings, stop))


def _with_file(
    invocation: Invocation,
    settings: Settings | None,
    found: tuple[Row, ...],
    result: Result,
) -> Result:
    host, path = invocation.host, invocation.arguments.zip
    sent = tuple(row.sent for row in found)
    listed = archive.listed(contents(host, settings, sent), host)
    if not invocation.confirm(_listing(path, listed)):
        return result
    archive.write(path, listed)
    data: dict[str, Any] = {
        "file": str(path),
        "files": {name: len(content) for name, content in listed.files.items()},
        "left_out": list(listed.left_out),
    }
    text = lines(result.text, Text("Written: {path}", path=str(path)))
    return Result(result.code, text, {**result.data, **data})


def _listing(path: Path, listed: Listed) -> str:
    shown = [
        f"  {name:<16}{len(content):>9} B" for name, content in listed.files.items()
    ]
    out = [
        f"  {say(Text('{name} is left out: it held a secret.', name=name))}"
        for name in listed.left_out
    ]
    return lines(Text("{path}", path=str(path)), _HEAD, *shown, *out, _HOLDS)


DIAGNOSE = Command(
    "diagnose",
    Text("make every check; and a file for whoever helps"),
    (
        Argument(
            "--zip",
            type=Path,
            metavar="FILE",
            help="write settings, logs, checks and metrics there, listed before",
        ),
        YES,
    ),
    _diagnose,
    reads=True,
)
