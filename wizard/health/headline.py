"""The state of an installation in one line: on or off, and whether it works. Pure."""

from wire.failure import joined, sentence
from wire.text import EMPTY, Text
from wizard.health.reading import PeopleCount
from wizard.results import AgentStatus, Installed


def headline(installed: Installed, people: PeopleCount | None = None) -> Text:
    """Say whether it is on, whether it works, and for how many where that is known."""
    status = installed.status
    if status.serving and people and not people.trouble:
        return Text(
            "Password writeback is on. {works} of {people} people can reset.",
            works=people.works,
            people=people.people,
        )
    return _in_short(status) or state_line(status)


def _in_short(status: AgentStatus) -> Text:
    """Say what is not there without its reason, which stands below; empty for more."""
    stopped = not status.running or not status.answers or status.breaker_is_open
    if stopped or not status.writeback:
        return EMPTY
    if not (status.relay_connected or status.directory_connected):
        return Text("Password writeback is on, but relay and directory are down.")
    if not status.relay_connected:
        return Text("Password writeback is on, but the relay is not reached.")
    if not status.directory_connected:
        return Text("Password writeback is on, but no domain controller answers.")
    return _NOBODY if status.nobody else EMPTY


_NOBODY = Text("Password writeback is on, but nobody can be reset.")


def state_line(status: AgentStatus) -> Text:
    """Say whether it is on, and whether it works."""
    if not status.writeback:
        return Text("Password writeback is off: requests are answered as paused.")
    if status.running and not status.answers:
        return Text("Password writeback is on, but the agent does not answer.")
    if status.breaker_is_open:
        return Text("Password writeback is on, but stopped: the breaker is open.")
    if status.ready and status.nobody:
        return joined(_NOBODY, sentence(status.nobody))
    if status.ready:
        return Text(
            "Password writeback is on: the relay link is up and {controller} answers.",
            controller=status.controller or Text("a domain controller"),
        )
    if not status.running:
        return Text("Password writeback is on, but not ready: the agent does not run.")
    return Text(
        "Password writeback is on, but not ready: {why}.", why=_not_ready(status)
    )


def _not_ready(status: AgentStatus) -> Text:
    relay, directory = status.relay, status.directory
    if status.relay_connected and status.directory_connected:
        return Text("starting")
    if not (status.relay_connected or status.directory_connected):
        return Text("{relay}; {directory}", relay=relay, directory=directory)
    return directory if status.relay_connected else relay
