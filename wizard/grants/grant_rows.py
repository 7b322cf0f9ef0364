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
        detail = f"Missing: {', '.join(map(_short, judged.missing))}."
        return Check("grants", title, "failed", detail, remedy)
    if judged.unreached:
        return _unreached(title, judged, rights)
    if judged.unknown:
        return _unknown(title, judged)
    shown = [right for right in rights if right is not Right.CHANGE_PASSWORD]
    return Check("grants", title, "ok", f"Effective: {_names(shown)}.")


def _unreached(title: str, judged: ContainerRights, rights: Sequence[Right]) -> Check:
    """Tell of those whom the grant does not reach; another grant would not help."""
    refused = [
        right for right in rights if any(right in b.rights for b in judged.unreached)
    ]
    count = sum(each.people for each in judged.unreached)
    who = f"{count} of {judged.people} people"
    detail = f"Granted, but refused for {who}: {_names(refused)}."
    remedy = (
        "Look for a deny, or inheritance that is off, on the way from the container "
        "to them."
    )
    more = "\n".join(_example(each) for each in judged.unreached)
    state: State = "failed" if count == judged.people else "warning"
    return Check("grants", title, state, detail, remedy, more)


def _example(unreached: Unreached) -> str:
    others = f" and {unreached.people - 1} more" if unreached.people > 1 else ""
    return f"{unreached.dn}{others}: {_names(unreached.rights)}"


def _unknown(title: str, judged: ContainerRights) -> Check:
    """Tell of those whose permissions say nothing."""
    detail = (
        f"Not known for {judged.unknown} of {judged.people + judged.unknown} people, "
        f"such as {judged.example}: their permissions are hidden or not understood."
    )
    remedy = "Let the agent's account read them, and look at them with dsacls."
    return Check("grants", title, "warning", detail, remedy)


def _names(rights: Sequence[Right]) -> str:
    return ", ".join(right.value.short for right in rights)


def _short(grant: Grant) -> str:
    short = grant.right.value.short
    return short if grant.kind == "user" else f"{short} ({grant.kind})"
