"""`writeback permissions prove`: the verdict beside the controller's own word."""

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from agent.acl.ace_text import words
from agent.acl.rights import Right
from agent.config.settings import Settings
from wire.text import Text, plural
from wizard.cli.command import SECRETS, SETTINGS, Argument, Command
from wizard.cli.counting import counting
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result, lines
from wizard.cli.signals import STOPPING, stopped_by_signal
from wizard.controller.permissions import Permissions
from wizard.inputs import Inputs
from wizard.permissions.export import Unfinished, finish, whole_file
from wizard.permissions.proof import PROVABLE, UNPROVABLE, Disagreement, Effect, Proof
from wizard.permissions.proof_file import ProofFile, counts_of
from wizard.translation import number, say

_FEW = 3  # disagreements shown
_MOST_BEYOND = 5  # attributes named
_HELD = {True: Text("held"), False: Text("not held")}
_EFFECTS = {
    Effect.ALLOWS: Text("allows it"),
    Effect.DENIES: Text("denies it"),
    Effect.CONDITION: Text("has a condition"),
    Effect.UNKNOWN: Text("of an unknown kind"),
}
_SEND = Text(
    "The verdict or the controller is wrong about these. With --file FILE they are "
    "written into a file to send in, which holds no names."
)


def prove(
    permissions: Permissions, settings: Settings, inputs: Inputs, file: Path | None
) -> Result:
    """Compare for everybody in the scope; what differs is a finding."""
    shown: list[Disagreement] = []
    with contextlib.suppress(Unfinished), contextlib.ExitStack() as stack:
        writer = file and ProofFile(stack.enter_context(whole_file(file)))

        def take(differs: Disagreement) -> None:
            if len(shown) < _FEW:
                shown.append(differs)
            if writer:
                writer.add(differs)

        with counting() as count, stopped_by_signal(STOPPING) as stop:
            proof = permissions.prove(
                settings,
                inputs,
                begin=writer.begin if writer else lambda *_: None,
                each=take,
                report=count,
                stop=stop,
            )
        finish(stop)
        if writer:
            writer.end(proof)
        return _result(proof, shown, file)
    stopped = Text("Stopped. No file was written.")
    return Result(Exit.BAD_USAGE, stopped, {"error": stopped})


def _result(proof: Proof, shown: Sequence[Disagreement], file: Path | None) -> Result:
    told = [*_counts(proof), *_differing(proof, shown)]
    if file is not None:
        told.append(Text("Written: {file}", file=str(file)))
    some = [_as_data(each) for each in shown]
    code = Exit.DONE if proof.proven else Exit.FINDINGS
    return Result(code, lines(*told), counts_of(proof) | {"some": some})


def _counts(proof: Proof) -> Iterator[str]:
    people = plural("{count} person", "{count} people", proof.people)
    yield Text("{people} in the scope, by the controller's own word:", people=people)
    for right in PROVABLE:
        what = _of_right(proof, right)
        named = Text("{name}: {value}", name=right.value.words, value=what)
        yield f"  {say(named)}"
    if proof.untold:
        untold = proof.untold
        yield Text("Of {count} the controller says nothing of this.", count=untold)
    yield Text(
        "Not compared: {rights}. They are control access rights, and a controller "
        "reports attributes and permissions alone; the verdict finds them by the "
        "same walk over the same entries.",
        rights=", ".join(right.value.short for right in UNPROVABLE),
    )
    if proof.beyond:
        most = proof.beyond.most_common(_MOST_BEYOND)
        yield Text(
            "It may also write, though the task needs none of it: {attributes}.",
            attributes=", ".join(f"{name} ({number(count)})" for name, count in most),
        )


def _of_right(proof: Proof, right: Right) -> Text:
    agreed, people = proof.agreed[right], proof.people
    text = Text("agrees for {agreed} of {people}", agreed=agreed, people=people)
    if settled := proof.settled[right]:
        text = Text("{text}; the verdict leaves {count} open", text=text, count=settled)
    for held, word in _HELD.items():
        if differing := proof.differing[right, held]:
            text = Text(
                "{text}; {count} are {held} by the controller and not by the verdict",
                text=text,
                count=differing,
                held=word,
            )
    return text


def _differing(proof: Proof, shown: Sequence[Disagreement]) -> Iterator[str]:
    for differs in shown:
        yield ""
        yield from explained(differs)
    if more := sum(proof.differing.values()) - len(shown):
        yield Text("and {count} more", count=more)
    if shown:
        yield _SEND


def explained(differs: Disagreement) -> Iterator[str]:
    """Explain a disagreement: what each says, and by which entry the verdict does."""
    yield differs.dn
    yield Text(
        "  {right}: {controller} by the controller, {verdict} by the verdict: {reason}",
        right=differs.right.value.words,
        controller=_HELD[differs.controller],
        verdict=_HELD[differs.decision.allowed],
        reason=differs.decision.reason.value,
    )
    others = 0
    for place, (ace, effect) in enumerate(differs.effects, 1):
        if effect not in _EFFECTS:
            others += 1
            continue
        decides = ace is differs.decision.because
        told = Text(
            "entry {number} {effect}: {words}",
            number=place,
            effect=_EFFECTS[effect],
            words=words(ace),
        )
        yield f"    {say(told)}{' <' if decides else ''}"
    rest = plural(
        "{count} entry says nothing about it",
        "{count} entries say nothing about it",
        others,
    )
    yield f"    {say(rest)}"


def _as_data(differs: Disagreement) -> dict[str, Any]:
    return {
        "dn": differs.dn,
        "right": differs.right.name,
        "controller": differs.controller,
        "verdict": differs.decision.allowed,
        "reason": differs.decision.reason.value,
        "entries": [
            {"entry": words(ace), "effect": effect.value}
            for ace, effect in differs.effects
            if effect in _EFFECTS
        ],
    }


def _prove(invocation: Invocation) -> Result:
    arguments, permissions = invocation.arguments, invocation.controller.permissions
    return inspect_directory(
        invocation, partial(prove, permissions, file=arguments.file)
    )


PROVE = Command(
    "prove",
    Text("compare the verdict with what the controller itself says, for everybody"),
    (
        SETTINGS,
        SECRETS,
        Argument(
            "--file", type=Path, metavar="FILE", help="what differs, without names"
        ),
    ),
    _prove,
    reads=True,
)
