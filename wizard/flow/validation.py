"""What is wrong with a page's answers, by field."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from agent.config.errors import Problem, SettingsError, shown
from agent.ldap import dn
from wire import enrolment_link
from wire.enrolment_code import BadCode, parse
from wire.enrolment_link import BadLink, is_link
from wire.secret import Secret
from wire.text import EMPTY, Text
from wizard.flow.conversion import answers_of, self_service_of, settings_of
from wizard.flow.model import Answers, Field, Page
from wizard.flow.pages.self_service import NAMED, SELF_SERVICE

NEEDED = Text("This is needed.")
_LONGEST = 256  # of a name in characters, of a password in UTF-16 units
_NO_CONTROL = Text("must have no control characters")
_TOO_LONG = Text("must have {max_length} characters or fewer", max_length=_LONGEST)
ANOTHER = Text("The original has this one; take another.")


def problems_of(page: Page, answers: Answers) -> tuple[Problem, ...]:
    """Give what is wrong with the answers of one page, by field."""
    fields = [field for field in page.fields if field.shown(answers)]
    problems = [
        *typing_problems(fields, answers),
        *_bad_code(fields, answers),
        *_taken(fields, answers),
    ]
    for problem in _settings_problems(_resolved(answers)):
        path = field_at(fields, problem)
        if path and path not in {known.path for known in problems}:
            problems.append(replace(problem, path=path))
    order = [field.path for field in fields]
    return tuple(sorted(problems, key=lambda problem: order.index(problem.path)))


def self_service_problems(answers: Answers) -> tuple[Problem, ...]:
    """Give what is wrong with self-service, quick enough to be asked at each answer."""
    try:
        self_service_of(_resolved(answers))
    except SettingsError as error:
        fields = SELF_SERVICE.fields
        found = ((field_at(fields, each), each) for each in error.problems)
        return tuple(replace(each, path=path) for path, each in found if path)
    return ()


def missing_of(fields: Iterable[Field], answers: Answers) -> tuple[Problem, ...]:
    """Give the fields that must be answered and are not, each as a problem."""
    return tuple(
        Problem(field.path, NEEDED)
        for field in fields
        if field.needed(answers) and _empty(answers, field)
    )


def typing_problems(fields: Iterable[Field], answers: Answers) -> tuple[Problem, ...]:
    """Give the fields that are not answered, or by what nobody can have typed.

    Each attempt with such a password would count towards a lockout.
    """
    fields = tuple(fields)
    missing = missing_of(fields, answers)
    left = [each for each in fields if each.path not in {m.path for m in missing}]
    return (*missing, *_bad_users(left, answers), *_bad_passwords(left, answers))


def _resolved(answers: Answers) -> Answers:
    """Take a group given by its name as found: the page's check finds its DN."""
    found: dict[str, Any] = {
        path: tuple(map(_as_found, answers.get(path) or ())) for path in NAMED
    }
    group = answers.text("scope.pilot_group")
    if group and is_plain_name(group):
        found["pilot"] = "all"
    return answers.having(found)


def _as_found(entry: str) -> str:
    return dn.rdn("CN", entry) if is_plain_name(entry) else entry


def is_plain_name(entry: str) -> bool:
    """Say whether an entry is a name that is looked up, neither a DN nor a SID."""
    return "=" not in entry and not entry.upper().startswith("S-1-")


def _empty(answers: Answers, field: Field) -> bool:
    value = answers.get(field.path)
    if isinstance(value, str):  # blanks alone are no answer; of a password they are
        value = value.strip()
    return value in (None, "", ()) or value == Secret("")


def _bad_code(fields: list[Field], answers: Answers) -> list[Problem]:
    code = answers.get("input.enrolment_code")
    if not code or all(field.path != "input.enrolment_code" for field in fields):
        return []
    text = code.reveal()
    try:
        enrolment_link.read(text) if is_link(text) else parse(text)
    except (BadCode, BadLink) as error:
        return [Problem("input.enrolment_code", error.what)]
    return []


def _bad_users(fields: list[Field], answers: Answers) -> Iterable[Problem]:
    """Refuse an administrator's name that nobody can have typed."""
    for path in _ending(fields, "admin_user"):
        user = answers.text(path).strip()
        rule = EMPTY if user.isprintable() else _NO_CONTROL
        if rule or len(user) > _LONGEST:
            yield Problem(path, rule or _TOO_LONG, shown(user))


def _bad_passwords(fields: list[Field], answers: Answers) -> Iterable[Problem]:
    """Refuse a password of a person that nobody can have; nothing of it is quoted."""
    for path in _ending(fields, "admin_password", "password"):
        given = answers.get(path)
        password = given.reveal() if isinstance(given, Secret) else ""
        if any(unicodedata.category(sign) == "Cc" for sign in password):
            yield Problem(path, _NO_CONTROL)
        elif len(password.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST:
            yield Problem(path, _TOO_LONG)


def _ending(fields: list[Field], *names: str) -> list[str]:
    """Give the paths that end in a name: more than one page asks for whom to be."""
    return [each.path for each in fields if each.path.rpartition(".")[2] in names]


def _taken(fields: list[Field], answers: Answers) -> list[Problem]:
    """Refuse what is in force where another is needed."""
    in_force = answers_of(answers.installed) if answers.installed else {}
    return [
        Problem(field.path, ANOTHER)
        for field in fields
        if field.another(answers) and _same(answers, in_force, field.path)
    ]


def _same(answers: Answers, in_force: Mapping[str, Any], path: str) -> bool:
    """Say whether an answer is the one in force; names in AD know no case."""
    answer = answers.text(path).strip().casefold()
    return bool(answer) and answer == str(in_force.get(path, "")).casefold()


def _settings_problems(answers: Answers) -> tuple[Problem, ...]:
    try:
        settings_of(answers)
    except SettingsError as error:
        return error.problems
    return ()


def field_at(fields: Iterable[Field], problem: Problem) -> str | None:
    """Give the path of the field that a problem of the settings belongs to."""
    place = problem.field or problem.path
    for path in (field.path for field in fields):
        if place == path or place.startswith((f"{path}.", f"{path}[")):
            return path
    return None
