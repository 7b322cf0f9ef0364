"""`writeback permissions`: the verdict over one person, over all, and the grants."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from agent.config.settings import Settings
from agent.verdict.attributes import span_words
from agent.verdict.causes import CAUSES
from agent.verdict.password_policy import PasswordPolicy, as_policy_dict
from agent.verdict.verdict import OperationVerdict, State
from wire.failure import sentence
from wire.names import Identifier
from wire.outcomes import Code, Refused
from wizard.cli.command import SECRETS, SETTINGS, Argument, Command, Group
from wizard.cli.commands.grants import GRANT, PLAN, REVOKE
from wizard.cli.coverage_text import OPERATIONS, Examples, as_data, code_of, in_words
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result
from wizard.cli.signals import stopped_by_signal
from wizard.controller.permissions import Explained, Permissions
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.export import Form, Unfinished, finish, writing
from wizard.permissions.findings import Finding, Level

Files = Sequence[tuple[Path, Form]]
_STOPPING = "Stopping."
_REMEDIES = {
    Code.USER_NOT_FOUND: "Check the spelling, or say with --by what it is.",
    Code.BAD_REQUEST: "Give a sign-in or account name, a GUID, or what --by says.",
}
_WEIGHTY = (Level.WARNING, Level.PROBLEM)


def check(permissions: Permissions, settings: Settings, inputs: Inputs) -> Result:
    """Judge everybody and the account; shortfalls are findings."""
    judged = coverage(permissions, settings, inputs, ())
    if judged.code is Exit.BAD_USAGE:
        return judged  # stopped: the account is not looked at either
    with _counting() as count, stopped_by_signal(_STOPPING) as stop:
        findings = permissions.about_account(settings, inputs, report=count, stop=stop)
    weighty = [each for each in findings if each.level in _WEIGHTY]
    code = Exit.FINDINGS if weighty else judged.code
    name = settings.directory.sign_in_name
    head = f"The account {name}: {_in_order(findings, weighty)}"
    lines = [judged.text, "", head, *map(_finding, weighty)]
    data = {"findings": [each.as_dict() for each in findings]}
    return Result(code, "\n".join(lines), {**judged.data, **data})


def coverage(
    permissions: Permissions, settings: Settings, inputs: Inputs, files: Files
) -> Result:
    """Judge everybody in the scope, and write them down where wanted."""
    with contextlib.suppress(Unfinished), contextlib.ExitStack() as stack:
        writers = [stack.enter_context(writing(*file)) for file in files]

        examples = Examples()

        def take(person: PersonVerdict) -> None:
            examples.take(person)
            for write in writers:
                write(person)

        with _counting() as count, stopped_by_signal(_STOPPING) as stop:
            counts = permissions.coverage(
                settings,
                inputs,
                each=take,
                report=lambda seen: count(seen.people),
                stop=stop,
            )
        finish(stop)
        text = "\n".join((in_words(counts, examples), *_written(files)))
        data = as_data(counts) | {"some": examples.as_dict()}
        return Result(code_of(counts), text, data)
    text = "Stopped. No file was written."
    return Result(Exit.BAD_USAGE, text, {"error": text})


def explain(
    permissions: Permissions,
    settings: Settings,
    inputs: Inputs,
    by: Identifier | None,
    value: str,
) -> Result:
    """Say what would come of each operation on one person, and why."""
    try:
        explained = permissions.explain(settings, inputs, by, value)
    except Refused as error:
        remedy = _REMEDIES.get(error.code, error.outcome.remedy)
        raise BadUsage(sentence(error.detail), remedy) from error
    code = Exit.DONE if explained.verdict.reset.state is State.YES else Exit.FINDINGS
    data = explained.verdict.as_dict() | {
        "controller": explained.controller,
        "foreseen": explained.foreseen,
        "policy": as_policy_dict(explained.policy),
    }
    return Result(code, _explained(explained), data)


def files_of(arguments: argparse.Namespace) -> Files:
    """Give the files that everybody is written into."""
    forms: tuple[tuple[Path | None, Form], ...] = (
        (arguments.csv, "csv"),
        (arguments.jsonl, "jsonl"),
    )
    files = [(place, form) for place, form in forms if place is not None]
    if len({place.absolute() for place, _ in files}) < len(files):
        raise BadUsage(f"{arguments.csv} is named twice.", "Give each its own file.")
    return files


def _written(files: Files) -> Iterator[str]:
    for place, _ in files:
        yield f"Written: {place}"


def _explained(explained: Explained) -> str:
    verdict, policy = explained.verdict, explained.policy
    answers: dict[str, OperationVerdict] = {
        name: verdict.of(operation) for operation, name in OPERATIONS.items()
    }
    lines = [verdict.dn, f"Asked of {explained.controller}", ""]
    for name, answer in answers.items():
        lines += _answer(name, answer)
    lines += [f"Note         {note}" for note in verdict.notes]
    if policy is not None:
        lines.append(f"Policy       {policy.source}: {_policy(policy)}")
    return "\n".join(lines)


def _policy(policy: PasswordPolicy) -> str:
    rules = [f"at least {policy.min_length} characters"]
    if policy.complexity:
        rules.append("complexity")
    if policy.history:
        rules.append(f"the last {policy.history} passwords refused")
    if policy.min_age:
        rules.append(f"kept for {span_words(policy.min_age)}")
    return ", ".join(rules)


def _answer(name: str, answer: OperationVerdict) -> Iterator[str]:
    if answer.state is State.YES:
        yield f"{name:<13}would work"
        return
    title = CAUSES[answer.cause].title
    yield f"{name:<13}{'would fail: ' if answer.state is State.NO else ''}{title}"
    yield f"{'':<13}{answer.shown_by}"
    if answer.until:
        yield f"{'':<13}Works from {answer.until:%Y-%m-%d %H:%M} UTC"
    yield f"{'':<13}{answer.remedy}"


def _in_order(findings: Sequence[Finding], weighty: Sequence[Finding]) -> str:
    if not findings:
        return "not made yet."
    if not weighty:
        return f"nothing wrong in {len(findings)} findings."
    return f"{len(weighty)} of {len(findings)} findings need a look."


def _finding(each: Finding) -> str:
    lines = [f"  {each.level.value:<8} {each.title}"]
    lines += [f"{'':<11}{text}" for text in (each.shown_by, each.remedy) if text]
    return "\n".join(lines)


@contextlib.contextmanager
def _counting() -> Iterator[Callable[..., None]]:
    """Count up on a terminal; to nobody else is it of use."""
    shown = sys.stderr.isatty()

    def count(people: int) -> None:
        if shown:
            print(f"\r{people:,} people", end="", file=sys.stderr, flush=True)

    try:
        yield count
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _explain(invocation: Invocation) -> Result:
    arguments, permissions = invocation.arguments, invocation.controller.permissions
    who = {"by": arguments.by, "value": arguments.user}
    return inspect_directory(invocation, partial(explain, permissions, **who))


def _coverage(invocation: Invocation) -> Result:
    arguments, permissions = invocation.arguments, invocation.controller.permissions
    inspect = partial(coverage, permissions, files=files_of(arguments))
    return inspect_directory(invocation, inspect)


CHECK = Command(
    "check",
    "judge everybody in the scope, and the account itself",
    (SETTINGS, SECRETS),
    lambda call: inspect_directory(call, partial(check, call.controller.permissions)),
)
EXPLAIN = Command(
    "explain",
    "say why a reset of one person would fail, before anyone tries",
    (
        SETTINGS,
        SECRETS,
        Argument(
            "user",
            metavar="USER",
            help="their sign-in name, account name, GUID or identify_by",
        ),
        Argument(
            "--by",
            choices=get_args(Identifier),
            help="what USER is; else told by its form",
        ),
    ),
    _explain,
)
COVERAGE = Command(
    "coverage",
    "judge everybody in the scope, into files where wanted",
    (
        SETTINGS,
        SECRETS,
        Argument("--csv", type=Path, metavar="FILE", help="a table, a row a person"),
        Argument("--jsonl", type=Path, metavar="FILE", help="JSON, a line a person"),
    ),
    _coverage,
)
PERMISSIONS = Group(
    "permissions",
    "verify permissions, explain one person's, grant what is missing",
    (CHECK, EXPLAIN, COVERAGE, PLAN, GRANT, REVOKE),
)
