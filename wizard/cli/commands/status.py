"""Status, schema and export."""

import json

from agent.config import settings_file as settings_file_of_config
from agent.config.errors import SettingsError
from agent.config.settings import Settings
from wizard.cli.output import Exit, Result, first_line, status_text, without_settings
from wizard.controller.controller import Controller


def status(controller: Controller) -> Result:
    """Answer whether password writeback is on, and how the agent is."""
    if controller.recovery() is not None:
        text = "An earlier run was cut off; run writeback rollback."
        there = _is_installed(controller)
        return Result(Exit.FINDINGS, text, {"installed": there, "cut_off": True})
    found = controller.installed()
    if found is None:
        return without_settings(controller.lost())
    state = found.status
    data = {
        "installed": True,
        "writeback": state.writeback,
        "running": state.running,
        "ready": state.ready,
        "relay": state.relay,
        "directory": state.directory,
        "since": state.since.isoformat() if state.since else None,
        "version": state.version,
        "agent": found.settings.agent,
        "fingerprint": found.fingerprint,
        "drift": list(found.drift),
        "attention": state.attention,
        "summary": first_line(found),
    }
    code = Exit.DONE if state.ready else Exit.FINDINGS
    return Result(code, status_text(found), data)


def _is_installed(controller: Controller) -> bool:
    try:
        return controller.installed() is not None
    except SettingsError:
        return True  # what is cut off is told first


def schema() -> Result:
    """Describe the settings file."""
    described = settings_file_of_config.schema()
    return Result(Exit.DONE, json.dumps(described, indent=2), {"schema": described})


def export(settings: Settings) -> Result:
    """Give the settings in force as a file."""
    text = settings_file_of_config.dump(settings)
    return Result(
        Exit.DONE, text.rstrip("\n"), {"settings": settings.model_dump(mode="json")}
    )
