"""What was judged of a container, as a row of the verification."""

from collections.abc import Sequence

from agent.acl.rights import Right
from wizard.grants.effective_rights import ContainerRights, Unreached
from wizard.permissions.grant import Grant
from wizard.results import Check, State


def row_of(container: str, judged: ContainerRights, rights: Sequence[Right]) -> Check:
    """Tell what is missing on a container, else whom what stands does not reach."""
    title = f"Permissions on {container}"
    if judged.missing:
        remedy = "Apply the settings with an administrator's credentials."
        told = f"Missing: {', '.join(map(_short, judged.missing))}."
        return Check("grants", title, "failed", told, remedy)
    if judged.beyond:
        return _beyond(title, judged, rights)
    if judged.unknown:
        return _unknown(title, judged)
    shown = [right for right in rights if right is not Right.CHANGE_PASSWORD]
    return Check("grants", title, "ok", f"Effective: {_names(shown)}.")


def _beyond(title: str, judged: ContainerRights, rights: Sequence[Right]) -> Check:
    """Tell of those whom the grant does not reach; another grant would not help."""
    refused = [
        right for right in rights if any(right in b.rights for b in judged.beyond)
    ]
    count = sum(each.people for each in judged.beyond)
    who = f"{count} of {judged.people} people"
    told = f"Granted, but refused for {who}: {_names(refused)}."
    remedy = (
        "Look for a deny, or inheritance that is off, on the way from the container "
        "to them."
    )
    more = "\n".join(_example(each) for each in judged.beyond)
    state: State = "failed" if count == judged.people else "warning"
    return Check("grants", title, state, told, remedy, more)


def _example(beyond: Unreached) -> str:
    others = f" and {beyond.people - 1} more" if beyond.people > 1 else ""
    return f"{beyond.dn}{others}: {_names(beyond.rights)}"


def _unknown(title: str, judged: ContainerRights) -> Check:
    """Tell of those whose permissions say nothing."""
    told = (
        f"Not known for {judged.unknown} of {judged.people + judged.unknown} people, "
        f"such as {judged.example}: their permissions are hidden or not understood."
    )
    remedy = "Let the agent's account read them, and look at them with dsacls."
    return Check("grants", title, "warning", told, remedy)


def _names(rights: Sequence[Right]) -> str:
    return ", ".join(right.value.short for right in rights)


def _short(grant: Grant) -> str:
    short = grant.right.value.short
    return short if grant.kind == "user" else f"{short} ({grant.kind})"
