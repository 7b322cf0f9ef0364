"""What was judged of a container, as a row of the verification."""

from collections.abc import Sequence

from agent.acl.rights import Right
from wire.text import Text, in_lines, plural, verbatim
from wizard.grants.effective_rights import ContainerRights, Unreached
from wizard.permissions.grant import Grant
from wizard.permissions.proof import Proof
from wizard.results import Check, State

PROOF_TITLE = Text("Verdict by the controller's own word")


def row_of(container: str, judged: ContainerRights, rights: Sequence[Right]) -> Check:
    """Tell what is missing on a container, else whom what stands does not reach."""
    title = Text("Permissions on {container}", container=container)
    if judged.missing:
        remedy = Text("Apply the settings with an administrator's credentials.")
        missing = ", ".join(map(_short, judged.missing))
        detail = Text("Missing: {rights}.", rights=missing)
        return Check("grants", title, "failed", detail, remedy)
    if judged.unreached:
        return _unreached(title, judged, rights)
    if judged.unknown:
        return _unknown(title, judged)
    shown = _names([each for each in rights if each is not Right.CHANGE_PASSWORD])
    return Check("grants", title, "ok", Text("Effective: {rights}.", rights=shown))


def proof_row(proof: Proof) -> Check:
    """Tell whether the verdict is what the controller itself says, for some people."""
    people = plural("{count} person", "{count} people", proof.people)
    if proof.differing:
        differing = sum(proof.differing.values())
        detail = Text(
            "The verdict and the controller differ {count} times, among {people}.",
            count=differing,
            people=people,
        )
        remedy = Text("Run writeback permissions prove, which explains each.")
        return Check("grants/proof", PROOF_TITLE, "failed", detail, remedy)
    if proof.untold:
        detail = Text(
            "The controller says nothing of {untold} of {people}.",
            untold=proof.untold,
            people=people,
        )
        return Check("grants/proof", PROOF_TITLE, "info", detail)
    detail = Text(
        "The controller says the same as the verdict, of the first {people}.",
        people=people,
    )
    return Check("grants/proof", PROOF_TITLE, "ok", detail)


def _unreached(title: Text, judged: ContainerRights, rights: Sequence[Right]) -> Check:
    """Tell of those whom the grant does not reach; another grant would not help."""
    refused = [
        right for right in rights if any(right in b.rights for b in judged.unreached)
    ]
    count = sum(each.people for each in judged.unreached)
    detail = Text(
        "Granted, but refused for {refused} of {people} people: {rights}.",
        refused=count,
        people=judged.people,
        rights=_names(refused),
    )
    remedy = Text(
        "Look for a deny, or inheritance that is off, on the way from the container "
        "to them."
    )
    more = in_lines(map(_example, judged.unreached))
    state: State = "failed" if count == judged.people else "warning"
    return Check("grants", title, state, detail, remedy, more)


def _example(unreached: Unreached) -> Text:
    dn, rights, others = unreached.dn, _names(unreached.rights), unreached.people - 1
    if not others:
        return verbatim(f"{dn}: {rights}")
    return Text("{dn} and {others} more: {rights}", dn=dn, others=others, rights=rights)


def _unknown(title: Text, judged: ContainerRights) -> Check:
    """Tell of those whose permissions say nothing."""
    detail = Text(
        "Not known for {unknown} of {people} people, such as {example}: "
        "their permissions are hidden or not understood.",
        unknown=judged.unknown,
        people=judged.people + judged.unknown,
        example=judged.example,
    )
    remedy = Text("Let the service account read them, and look at them with dsacls.")
    return Check("grants", title, "warning", detail, remedy)


def _names(rights: Sequence[Right]) -> str:
    return ", ".join(right.value.short for right in rights)


def _short(grant: Grant) -> str:
    short = grant.right.value.short
    return short if grant.kind == "user" else f"{short} ({grant.kind})"
