"""`writeback permissions`: the verdict over one person, over all, and the grants."""

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
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
from wire.printable import padded
from wire.text import Text, moment, plural
from wizard.cli.command import SECRETS, SETTINGS, Argument, Command, Group
from wizard.cli.commands.grants import GRANT, PLAN, REVOKE
from wizard.cli.commands.proof import PROVE
from wizard.cli.counting import counting
from wizard.cli.coverage_text import OPERATIONS, Examples, as_data, code_of, in_words
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result, finding, lines, widest
from wizard.cli.signals import STOPPING, stopped_by_signal
from wizard.controller.permissions import Explained, Permissions
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.export import Form, Unfinished, finish, writing
from wizard.permissions.findings import Finding, Level
from wizard.results import Check
from wizard.translation import say

Files = Sequence[tuple[Path, Form]]
_APART = 2  # blanks between a name and what is said of it
_REMEDIES = {
    Code.USER_NOT_FOUND: Text("Check the spelling, or say with --by what it is."),
    Code.BAD_REQUEST: Text(
        "Give a sign-in or account name, a GUID, or what --by says."
    ),
}
_WEIGHTY = (Level.WARNING, Level.PROBLEM)


def check(permissions: Permissions, settings: Settings, inputs: Inputs) -> Result:
    """Judge everybody and the account; shortfalls are findings."""
    judged = coverage(permissions, settings, inputs, ())
    if judged.code is Exit.BAD_USAGE:
        return judged  # stopped: the account is not looked at either
    with counting() as count, stopped_by_signal(STOPPING) as stop:
        findings = permissions.about_account(settings, inputs, report=count, stop=stop)
    weighty = [each for each in findings if each.level in _WEIGHTY]
    code = Exit.FINDINGS if weighty else judged.code
    name, state = settings.directory.sign_in_name, _in_order(findings, weighty)
    head = Text("The account {name}: {state}", name=name, state=state)
    text = lines(judged.text, "", head, *chain.from_iterable(map(_finding, weighty)))
    data = {"findings": [each.as_dict() for each in findings]}
    return Result(code, text, {**judged.data, **data})


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

        with counting() as count, stopped_by_signal(STOPPING) as stop:
            counts = permissions.coverage(
                settings,
                inputs,
                each=take,
                report=lambda seen: count(seen.people),
                stop=stop,
            )
        finish(stop)
        written = (Text("Written: {file}", file=str(place)) for place, _ in files)
        text = lines(in_words(counts, examples), *written)
        data = as_data(counts) | {"some": examples.as_dict()}
        return Result(code_of(counts), text, data)
    stopped = Text("Stopped. No file was written.")
    return Result(Exit.BAD_USAGE, stopped, {"error": stopped})


def explain(
    permissions: Permissions,
    settings: Settings,
    inputs: Inputs,
    by: Identifier | None,
    value: str,
) -> Result:
    """Say what would come of each operation on one person, and why."""
    explained = explained_by(permissions, settings, inputs, by, value)
    code = Exit.DONE if explained.verdict.reset.state is State.YES else Exit.FINDINGS
    data = explained.verdict.as_dict() | {
        "controller": explained.controller,
        "foreseen": explained.foreseen,
        "policy": as_policy_dict(explained.policy),
        "self_service": [link_data(link) for link in explained.self_service],
    }
    return Result(code, _explained(explained), data)


def explained_by(
    permissions: Permissions,
    settings: Settings,
    inputs: Inputs,
    by: Identifier | None,
    value: str,
) -> Explained:
    """Ask about one person; BadUsage where nobody, or several, are so named."""
    try:
        return permissions.explain(settings, inputs, by, value)
    except Refused as error:
        remedy = _REMEDIES.get(error.code, error.outcome.remedy)
        raise BadUsage(sentence(error.detail), remedy) from error


def chain_rows(chain: Sequence[Check]) -> Iterator[str]:
    """Put each link of the chain of self-service into a row, its remedy below."""
    for link in chain:
        what = Text("{name}: {value}", name=link.title, value=link.detail)
        yield from finding(link.state, what, link.remedy)


def link_data(link: Check) -> dict[str, str]:
    """Give a link as JSON takes it."""
    return {
        "id": link.id,
        "state": link.state,
        "detail": link.detail,
        "remedy": link.remedy,
    }


def files_of(arguments: argparse.Namespace) -> Files:
    """Give the files that everybody is written into."""
    forms: tuple[tuple[Path | None, Form], ...] = (
        (arguments.csv, "csv"),
        (arguments.jsonl, "jsonl"),
    )
    files = [(place, form) for place, form in forms if place is not None]
    if len({place.absolute() for place, _ in files}) < len(files):
        what = Text("{file} is named twice.", file=str(arguments.csv))
        raise BadUsage(what, Text("Give each its own file."))
    return files


def _explained(explained: Explained) -> str:
    verdict, policy = explained.verdict, explained.policy
    asked = Text("Asked of {controller}", controller=explained.controller)
    shown = [verdict.dn, asked, ""]
    for operation, name in OPERATIONS.items():
        shown += _below(name, *_answer(verdict.of(operation)))
    for note in verdict.notes:
        shown += _below(Text("Note"), note)
    if policy is not None:
        rules = ", ".join(map(say, _rules(policy)))
        told = Text("{name}: {value}", name=policy.source, value=rules)
        shown += _below(Text("Policy"), told)
    shown += ["", *chain_rows(explained.self_service)]
    return lines(*shown)


def _below(name: Text, *texts: str) -> Iterator[str]:
    """Put texts into a column beside the name of what they are about."""
    wide = _APART + widest(OPERATIONS.values())
    for column, text in zip((name, *("",) * len(texts)), texts, strict=False):
        yield f"{padded(say(column), wide)}{say(text)}"


def _rules(policy: PasswordPolicy) -> Iterator[Text]:
    yield plural(
        "at least {count} character", "at least {count} characters", policy.min_length
    )
    if policy.complexity:
        yield Text("complexity")
    if policy.history:
        yield plural(
            "the last {count} password refused",
            "the last {count} passwords refused",
            policy.history,
        )
    if policy.min_age:
        yield Text("kept for {span}", span=span_words(policy.min_age))


def _answer(answer: OperationVerdict) -> Iterator[str]:
    if answer.state is State.YES:
        yield Text("would work")
        return
    title = CAUSES[answer.cause].title
    yield Text("would fail: {why}", why=title) if answer.state is State.NO else title
    yield answer.shown_by
    if answer.until:
        yield Text("Works from {time} UTC", time=moment(answer.until))
    yield answer.remedy


def _in_order(findings: Sequence[Finding], weighty: Sequence[Finding]) -> Text:
    count = len(findings)
    if not findings:
        return Text("not made yet.")
    if not weighty:
        return plural(
            "nothing wrong in {count} finding.",
            "nothing wrong in {count} findings.",
            count,
        )
    number = len(weighty)
    return Text("{number} of {count} findings need a look.", number=number, count=count)


def _finding(each: Finding) -> Iterator[str]:
    rows = finding(each.level.value, each.title, each.shown_by, each.remedy)
    return (f"  {row}" for row in rows)


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
    Text("check everybody in the scope, and the service account"),
    (SETTINGS, SECRETS),
    lambda call: inspect_directory(call, partial(check, call.controller.permissions)),
    reads=True,
)
EXPLAIN = Command(
    "explain",
    Text("say why a reset of one person would fail, before anyone tries"),
    (
        SETTINGS,
        SECRETS,
        Argument(
            "user",
            metavar="NAME",
            help="their sign-in name, account name, GUID or sign-in attribute",
        ),
        Argument(
            "--by",
            choices=get_args(Identifier),
            help="the attribute that NAME is of; by its form otherwise",
        ),
    ),
    _explain,
    reads=True,
)
COVERAGE = Command(
    "coverage",
    Text("check everybody in the scope, into files where wanted"),
    (
        SETTINGS,
        SECRETS,
        Argument("--csv", type=Path, metavar="FILE", help="a table, a row a person"),
        Argument("--jsonl", type=Path, metavar="FILE", help="JSON, a line a person"),
    ),
    _coverage,
    reads=True,
)
PERMISSIONS = Group(
    "permissions",
    Text("verify permissions, explain one person's, grant what is missing"),
    (CHECK, EXPLAIN, COVERAGE, PROVE, PLAN, GRANT, REVOKE),
)
