"""The event log of a machine that has one: whether it takes and shows what is told."""

from wire.text import EMPTY, Text, plural
from wizard.host.interface import Host
from wizard.results import Check

_TITLE = Text("Event log")


def checks(host: Host) -> tuple[Check, ...]:
    """Tell of it as a row of the verification; none where it is a journal."""
    wrong = None if host.events is None else host.events.registration()
    if wrong is None:
        return ()
    if wrong:
        remedy = Text("Install the package again.")
        return (Check("event_log", _TITLE, "failed", wrong, remedy),)
    if lost := _lost(host):
        remedy = Text(
            "See whether the service Windows Event Log runs, and whether the log "
            "Application is full."
        )
        return (Check("event_log", _TITLE, "warning", lost, remedy),)
    detail = Text("It shows what the agent says.")
    return (Check("event_log", _TITLE, "ok", detail),)


def _lost(host: Host) -> Text:
    """Say how many entries of the agent's it did not take; empty: none."""
    count = host.service().status.get("events_lost")
    if not isinstance(count, int) or count <= 0:
        return EMPTY
    return plural(
        "It did not take {count} entry of the agent.",
        "It did not take {count} entries of the agent.",
        count,
    )
