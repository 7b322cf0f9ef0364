"""Status, schema and export: what is read of one machine."""

import json
from dataclasses import asdict

from agent.config import settings_file
from agent.config.errors import SettingsError
from agent.config.settings import Settings
from wire.text import Text
from wizard.cli.command import Argument, Command
from wizard.cli.commands.watch import watch
from wizard.cli.invocation import Invocation, settings_in_force
from wizard.cli.output import Exit, Result, status_text, without_settings
from wizard.controller.controller import Controller
from wizard.health.headline import state_line
from wizard.results import KeyAge
from wizard.trusted_authority import trusted


def status(controller: Controller) -> Result:
    """Answer whether password writeback is on, and how the agent is.

    For a monitor: 0 where a reset that comes now works, else 4.
    """
    if controller.recovery.find() is not None:
        text = Text("An earlier run was cut off; run writeback rollback.")
        there = _is_installed(controller)
        return Result(Exit.FINDINGS, text, {"installed": there, "cut_off": True})
    installed = controller.installation.installed()
    if installed is None:
        return without_settings(controller.installation.lost())
    state = installed.status
    data = {
        "installed": True,
        "writeback": state.writeback,
        "running": state.running,
        "ready": state.ready,
        "answers": state.answers,
        "relay": state.relay,
        "directory": state.directory,
        "since": state.since.isoformat() if state.since else None,
        "version": state.version,
        "agent": installed.settings.agent,
        "fingerprint": installed.fingerprint,
        "portal": asdict(installed.portal) if installed.portal else None,
        "keys": {key.id: _times(key) for key in installed.keys},
        "authority": _authority(installed.settings),
        "drift": list(installed.drift),
        "attention": state.attention,
        "breaker_is_open": state.breaker_is_open,
        "nobody": state.nobody,
        "summary": state_line(state),
    }
    code = Exit.DONE if state.serving else Exit.FINDINGS
    return Result(code, status_text(installed), data)


def _authority(settings: Settings) -> dict[str, str] | None:
    """Say whom the settings trust for the controllers, for programs."""
    facts = trusted(settings.directory)
    if facts is None:
        return None
    return {
        "subject": facts.subject,
        "sha256": facts.sha256,
        "until": facts.not_after.isoformat(),
    }


def _times(key: KeyAge) -> dict[str, str | None]:
    return {
        "since": key.since.isoformat() if key.since else None,
        "next": key.next.isoformat() if key.next else None,
    }


def _is_installed(controller: Controller) -> bool:
    try:
        return controller.installation.installed() is not None
    except SettingsError:
        return True  # what is cut off is told first


def schema() -> Result:
    """Describe the settings file."""
    described = settings_file.schema()
    return Result(Exit.DONE, json.dumps(described, indent=2), {"schema": described})


def export(settings: Settings) -> Result:
    """Give the settings in force as a file."""
    text, data = settings_file.dump(settings), settings.model_dump(mode="json")
    return Result(Exit.DONE, text.rstrip("\n"), {"settings": data})


def _status(call: Invocation) -> Result:
    found = status(call.controller)
    if not (call.arguments.watch and found.data.get("installed")):
        return found
    if found.data.get("cut_off") or found.data.get("lost"):
        return found
    return watch(call.controller, as_json=call.arguments.json)


STATUS = Command(
    "status",
    Text("is password writeback on?"),
    (
        Argument(
            "--watch",
            action="store_true",
            help="go on: the state, seven days, parts and last answers, until Ctrl-C",
        ),
    ),
    _status,
    reads=True,
)
SCHEMA = Command(
    "schema",
    Text("describe the settings file (JSON Schema)"),
    (),
    lambda _call: schema(),
    reads=True,
)
EXPORT = Command(
    "export",
    Text("print the settings in force"),
    (),
    lambda call: export(settings_in_force(call.controller)),
    reads=True,
)
