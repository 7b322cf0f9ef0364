"""What was decided, in words: the same lines for review, view and export."""

from dataclasses import dataclass

from agent.config.settings import Settings


@dataclass(frozen=True)
class Decision:
    """One line of the summary; `exact` values are names shown in mono."""

    label: str
    value: str
    exact: bool = False


def decisions(settings: Settings) -> tuple[Decision, ...]:
    """Give everything an administrator decided, a line each."""
    directory, scope = settings.directory, settings.scope
    hosts = ", ".join(controller.host for controller in directory.controllers)
    return (
        Decision("Relay", settings.relay.url, exact=True),
        Decision("Name of this agent", settings.agent, exact=True),
        Decision("Domain", directory.domain, exact=True),
        Decision("Domain controllers", hosts, exact=True),
        Decision("Account of the agent", directory.account.name, exact=True),
        *(Decision("Container", dn, exact=True) for dn in scope.containers),
        Decision("Pilot group", scope.pilot_group or "None", exact=True),
        Decision("People are named by", settings.identify_by, exact=True),
        *_features(settings),
    )


def _features(settings: Settings) -> tuple[Decision, ...]:
    on = settings.features
    lines = (
        ("Password writeback", on.password_writeback),
        ("Unlock the account with a reset", on.unlock),
        ("Change at next sign-in", on.must_change),
        ("Change with the old password", on.change),
        ("Keep to history and minimum age", settings.directory.policy_hints),
    )
    return tuple(Decision(name, "On" if value else "Off") for name, value in lines)


def kept(old: Settings, new: Settings) -> tuple[Decision, ...]:
    """Give the decisions that stay as they are."""
    before = set(decisions(old))
    return tuple(decision for decision in decisions(new) if decision in before)
