"""The agent at a glance: from its settings and what it says about itself."""

from datetime import datetime
from typing import Any

from agent.config.settings import Settings
from wizard.host.interface import REPLACE, Service
from wizard.results import AgentStatus


def at_a_glance(settings: Settings, service: Service) -> AgentStatus:
    """Put together what is wanted, what runs, and what the agent says of itself."""
    told = service.status
    since = told.get("started_at")
    return AgentStatus(
        running=service.running,
        ready=service.ready,
        writeback=settings.features.password_writeback,
        relay=_part(told.get("relay")),
        directory=_part(told.get("directory")),
        pid=told.get("pid"),
        since=_time(since),
        version=str(told.get("version") or ""),
        attention=str(told.get("twin") or "") or _outdated(service),
    )


def _outdated(service: Service) -> str:
    return f"{service.outdated}; {REPLACE}" if service.outdated else ""


def _time(told: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None


def _part(told: Any) -> str:
    if not isinstance(told, dict):
        return "not running"
    state, reason = str(told.get("state", "unknown")), told.get("reason")
    named = told.get("controller")
    if named and not reason:
        return f"{state}: {named}"
    return f"{state}: {reason}" if reason else state
