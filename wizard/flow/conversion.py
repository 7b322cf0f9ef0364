"""Answers to settings and back, so that page, file and command share one rule.

Every problem carries the dotted path of a field, and is shown beside it.
"""

import re
import socket
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from agent.secret import Secret
from agent.settings import (
    Controller,
    Directory,
    Problem,
    Relay,
    Settings,
    SettingsError,
    validate,
)
from relay.code import BadCode, parse
from wizard.checks import AdminCredentials, Inputs
from wizard.flow import asked
from wizard.questions import (
    SECRETS,
    Answers,
    Field,
    Page,
    new_account,
    rekeying,
    removing,
)
from wizard.rekeying import ORIGINAL, original_is_gone
from wizard.removing import ACCOUNT, GRANTS

ACCOUNT_NAME = "svc-writeback"
NEEDED = "This is needed."
ANOTHER = "The original has this one; take another."


def defaults() -> Mapping[str, Any]:
    """Give the common answers; what they are is on the pages, ready to change."""
    return MappingProxyType(
        {
            "mode": "express",
            "task": "options",
            "pilot": "all",
            "agent": agent_name(socket.gethostname()),
            "directory.account.kind": "new",
            "directory.account.name": ACCOUNT_NAME,
            "directory.policy_hints": True,
            "identify_by": "userPrincipalName",
            "features.password_writeback": True,
            "features.unlock": True,
            "features.must_change": True,
            "features.change": True,
            "limits.per_minute": 120,
            "limits.per_user_per_hour": 10,
            "limits.proofs": 0,
            ACCOUNT: True,
            GRANTS: True,
            ORIGINAL: "used",
        }
    )


def agent_name(host: str) -> str:
    """Propose a name for the agent: the machine's, in the form a relay takes."""
    label = host.split(".", maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", label).strip("-")[:63] or "agent"


def base_dn(domain: str) -> str:
    """Spell a domain's DNS name as its naming context."""
    return ",".join(f"DC={label}" for label in domain.strip(". ").split(".") if label)


def proposed_container(domain: str) -> str:
    """Propose where a new account is made; empty before the domain is known."""
    return f"CN=Users,{base_dn(domain)}" if domain.strip() else ""


def answers_of(settings: Settings) -> Mapping[str, Any]:
    """Give the answers that made these settings; secrets are never among them."""
    values = dict(_flat(settings.model_dump(mode="json"), ""))
    values.pop("version")
    values["directory.controllers"] = settings.directory.controllers
    values["scope.containers"] = settings.scope.containers
    values["pilot"] = "group" if settings.scope.pilot_group else "all"
    return MappingProxyType(values)


def _flat(data: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def settings_of(answers: Answers) -> Settings:
    """Make settings of the answers of the pages shown.

    What was not asked is as it is in force, or the default for Express.

    Raises:
        SettingsError: with every problem and its dotted path.

    """
    values = {**defaults(), **_unasked(answers)}
    values.update(_asked_values(answers))
    if values.get("pilot") != "group":
        values["scope.pilot_group"] = None
    if values.get("directory.account.kind") == "existing":
        values["directory.account.container"] = None
    return validate(_nested(values), "the answers")


def _unasked(answers: Answers) -> Mapping[str, Any]:
    if answers.installed is not None:
        return answers_of(answers.installed)
    domain = answers.text("directory.domain")
    return {"scope.containers": (base_dn(domain),)} if domain else {}


def _asked_values(answers: Answers) -> Mapping[str, Any]:
    paths = [field.path for field in asked(answers)]
    if answers.get("task") == "writeback":
        paths.append("features.password_writeback")
    return {path: answers.get(path) for path in paths if path in answers.values}


_OTHER = ("input.", "mode", "task", "pilot")


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"version": 1}
    for path, value in values.items():
        if path.startswith(_OTHER):
            continue
        *parents, last = path.split(".")
        place = data
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Controller):
        return value.model_dump()
    return value


def problems_of(page: Page, answers: Answers) -> tuple[Problem, ...]:
    """Give what is wrong with the answers of one page, by field."""
    fields = [field for field in page.fields if field.shown(answers)]
    missing = [f.path for f in fields if f.needed(answers) and _empty(answers, f)]
    found = [Problem(path, NEEDED) for path in missing]
    found += _bad_code(fields, answers)
    found += _taken(fields, answers)
    for problem in _settings_problems(_resolved(answers)):
        path = field_at(fields, problem)
        if path and path not in {known.path for known in found}:
            found.append(Problem(path, problem.message))
    order = [field.path for field in fields]
    return tuple(sorted(found, key=lambda problem: order.index(problem.path)))


def _resolved(answers: Answers) -> Answers:
    """Take a group given by its name as found: the page's check finds its DN."""
    group = answers.text("scope.pilot_group")
    by_name = bool(group) and "=" not in group
    return answers.having({"pilot": "all"}) if by_name else answers


def _empty(answers: Answers, field: Field) -> bool:
    value = answers.get(field.path)
    return value in (None, "", ()) or value == Secret("")


def _bad_code(fields: list[Field], answers: Answers) -> list[Problem]:
    code = answers.get("input.enrolment_code")
    if not code or all(field.path != "input.enrolment_code" for field in fields):
        return []
    try:
        parse(code.reveal())
    except BadCode as error:
        return [Problem("input.enrolment_code", str(error))]
    return []


def _taken(fields: list[Field], answers: Answers) -> list[Problem]:
    """Refuse what is in force where another is needed."""
    known = answers_of(answers.installed) if answers.installed else {}
    return [
        Problem(field.path, ANOTHER)
        for field in fields
        if field.another(answers) and _same(answers, known, field.path)
    ]


def _same(answers: Answers, known: Mapping[str, Any], path: str) -> bool:
    """Say whether an answer is the one in force; names in AD know no case."""
    given = answers.text(path).strip().casefold()
    return bool(given) and given == str(known.get(path, "")).casefold()


def _settings_problems(answers: Answers) -> tuple[Problem, ...]:
    try:
        settings_of(answers)
    except SettingsError as error:
        return error.problems
    return ()


def field_at(fields: Iterable[Field], problem: Problem) -> str | None:
    """Give the path of the field that a problem of the settings belongs to."""
    paths = [field.path for field in fields]
    for path in paths:
        if problem.path == path or problem.path.startswith((f"{path}.", f"{path}[")):
            return path
    below = [path for path in paths if path.startswith(f"{problem.path}.")]
    named = [p for p in below if problem.message.startswith(p.rpartition(".")[2])]
    return named[0] if named else None


def relay_of(answers: Answers) -> Relay:
    """Give the relay that the answers name, for a check before all is answered."""
    return settings_of(_completed(answers)).relay


def directory_of(answers: Answers) -> Directory:
    """Give the directory that the answers name, for a check on the way."""
    return settings_of(_completed(answers)).directory


_STAND_INS: Mapping[str, Any] = {
    "relay.url": "https://relay.invalid",
    "directory.domain": "domain.invalid",
    "directory.controllers": (Controller(host="dc.domain.invalid"),),
    "directory.account.container": "CN=Users,DC=domain,DC=invalid",
    "scope.containers": ("DC=domain,DC=invalid",),
}


def _completed(answers: Answers) -> Answers:
    """Stand in for what later pages ask, so that this page's part validates."""
    open_ = {path: v for path, v in _STAND_INS.items() if not answers.get(path)}
    return answers.having({**open_, "pilot": "all"})


def inputs_of(answers: Answers) -> Inputs:
    """Give what an administrator gave beside the settings."""
    user = answers.text("input.admin_user").strip()
    password = answers.get("input.admin_password")
    admin = AdminCredentials(user, password) if user and password else None
    return Inputs(
        admin=admin,
        account_password=answers.get("input.account_password") or None,
        enrolment_code=answers.get("input.enrolment_code") or None,
        proxy_password=answers.get("input.proxy_password") or None,
        new_keys=rekeying(answers),
        original_is_gone=rekeying(answers) and original_is_gone(answers),
        keep_account=removing(answers) and not answers.get(asked_of_removal(answers)),
    )


def asked_of_removal(answers: Answers) -> str:
    """Give the path of what is asked about the directory's side."""
    return ACCOUNT if new_account(answers) else GRANTS


def cleared(answers: Answers) -> Answers:
    """Give the answers without the secrets: they were used."""
    return answers.without(SECRETS)
