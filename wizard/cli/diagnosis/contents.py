"""What goes into the file: by lists of what may, never of what may not.

No secret is in any of its sources. People are left out too: who was reset, and what the
journal says of requests, is nobody's who looks for a fault.
"""

import asyncio
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from agent.audit import files
from agent.config.settings import Settings
from agent.system.version import VERSION
from wire.http_session import http_session, read_short
from wire.printable import printable
from wizard.flow.conversion import flat
from wizard.host.interface import Host
from wizard.results import Check

# dotted paths; of the proxy's address its user is left out
SETTINGS = (
    "version",
    "agent",
    "relay.url",
    "relay.ca",
    "directory.domain",
    "directory.controllers",
    "directory.port",
    "directory.ca",
    "directory.ca_certificate",
    "directory.policy_hints",
    "directory.account.kind",
    "directory.account.name",
    "directory.account.container",
    "scope.containers",
    "scope.exclude_containers",
    "scope.pilot_group",
    "scope.exclude_service_accounts",
    "identify_by",
    "features.password_writeback",
    "features.unlock",
    "features.must_change",
    "features.change",
    "features.read_password_settings",
    "limits.per_minute",
    "limits.per_user_per_hour",
    "limits.checks_per_minute",
    "limits.people_per_five_minutes",
    "limits.proofs",
    "limits.proof_age",
    "self_service.who",
    "self_service.operations.reset",
    "self_service.operations.change",
    "self_service.operations.unlock",
    "self_service.operations.help_desk_unlock",
    "self_service.operations.help_desk_reset",
    "self_service.proofs",
    "self_service.kinds",
    "self_service.passkey_alone",
    "self_service.registration.required",
    "self_service.registration.extra",
    "self_service.registration.confirm_days",
    "self_service.registration.wait_hours",
    "self_service.registration.allowed_from",
    "self_service.registration.provider_sign_in",
    "self_service.registration.portal_codes",
    "self_service.registration.code_to_manager",
    "self_service.receipts",
    "self_service.peers",
    "self_service.sign_in.tries",
    "self_service.notify.person",
    "self_service.notify.administrators",
    "self_service.contacts",
    "self_service.roster",
    "monitoring.port",
)
# a user's name at a proxy, names of people and groups, what only the organization knows
WITHHELD = (
    "relay.proxy",
    "scope.deny_list",
    "self_service.groups",
    "self_service.exceptions",
    "self_service.two_proof_groups",
    "self_service.registration.networks",
    "self_service.roles.help_desk",
    "self_service.roles.auditors",
    "self_service.roles.administrators",
    "self_service.help.text",
    "self_service.help.url",
    "self_service.help.phone",
    "self_service.banned_words",
)
STATUS = (
    *("started_at", "version", "ready", "paused", "relay", "directory", "twin"),
    *("sealing_key", "port", "reach", "breaker_is_open"),
)
AUDIT = (
    *("seq", "at", "event", "event_name", "code", "op", "controller", "steps", "ms"),
    *("count", "first", "last", "hash"),
)
_METRICS = ("writeback_", "# HELP writeback_", "# TYPE writeback_")
_LOG_LINES, _RECORDS, _TAIL = 500, 200, 512 * 1024
_METRICS_S, _METRICS_BYTES = 2.0, 256 * 1024


def contents(
    host: Host, settings: Settings | None, rows: Sequence[Check]
) -> dict[str, str]:
    """Give the texts of the files by their names."""
    status = host.service().status
    return {
        "versions.json": _spelled(_versions()),
        "checks.json": _spelled([_row(row) for row in rows]),
        "settings.yaml": _settings(settings),
        "status.json": _spelled({name: status.get(name) for name in STATUS}),
        "metrics.txt": metrics(status.get("port")),
        "audit.jsonl": "".join(_audit(host.places.audit)),
        "log.txt": "".join(f"{printable(each)}\n" for each in host.log(_LOG_LINES)),
    }


def _versions() -> Mapping[str, str]:
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        system = ""
    return {
        "writeback": VERSION,
        "system": printable(system),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def _row(row: Check) -> Mapping[str, str]:
    return {
        "id": printable(row.id),
        "state": row.state,
        "title": printable(row.title),
        "detail": printable(row.detail),
        "remedy": printable(row.remedy),
    }


def _settings(settings: Settings | None) -> str:
    if settings is None:
        return "# nothing is set up\n"
    every = flat(settings)
    allowed = {name: every[name] for name in SETTINGS if name in every}
    return yaml.safe_dump(allowed, sort_keys=False, allow_unicode=True)


def _audit(path: Path) -> Iterator[str]:
    """Give the last records, without whom they are of."""
    for line in _last_lines(path)[-_RECORDS:]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            allowed = {name: record[name] for name in AUDIT if name in record}
            yield f"{json.dumps(_without_words(allowed))}\n"


def _without_words(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out of the steps what is said of them: it may name a person."""
    steps = record.get("steps")
    if isinstance(steps, list):
        names = ("step", "result", "code")
        record["steps"] = [
            {name: step[name] for name in names if name in step}
            for step in steps
            if isinstance(step, dict)
        ]
    return record


def _last_lines(path: Path) -> list[bytes]:
    try:
        with files.open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            return file.read(_TAIL).split(b"\n")
    except OSError:
        return []


def metrics(port: object) -> str:
    """Ask the agent of this machine; what is no metric of ours is left out."""
    if not isinstance(port, int) or not 0 < port < 65536:
        return ""
    try:
        text = asyncio.run(_asked(f"http://127.0.0.1:{port}/metrics"))
    except (aiohttp.ClientError, OSError, ValueError):
        return ""
    ours = (line for line in text.splitlines() if line.startswith(_METRICS))
    return "".join(f"{printable(line)}\n" for line in ours)


async def _asked(address: str) -> str:
    """Ask this machine alone, with an end in time and size: any user may be there."""
    limit = aiohttp.ClientTimeout(total=_METRICS_S)
    async with http_session(limit) as session, session.get(address) as answer:
        body = await read_short(answer, _METRICS_BYTES)
    return body.decode("utf-8", "replace")


def _spelled(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
