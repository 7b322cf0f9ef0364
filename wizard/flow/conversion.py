"""Answers to settings and back, so that page, file and command share one rule.

Every problem carries the dotted path of a field, and is shown beside it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from agent.config.settings import DirectorySettings, DomainController, Relay, Settings
from agent.config.settings_file import validate
from wizard.flow.conditions import new_account, original_is_gone, rekeying, removing
from wizard.flow.defaults import base_dn, defaults
from wizard.flow.model import SECRETS, Answers
from wizard.flow.pages.remove import ACCOUNT, GRANTS
from wizard.flow.route import asked
from wizard.inputs import AdminCredentials, Inputs


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
    if isinstance(value, DomainController):
        return value.model_dump()
    return value


def relay_of(answers: Answers) -> Relay:
    """Give the relay that the answers name, for a check before all is answered."""
    return settings_of(_completed(answers)).relay


def directory_of(answers: Answers) -> DirectorySettings:
    """Give the directory that the answers name, for a check on the way."""
    return settings_of(_completed(answers)).directory


_STAND_INS: Mapping[str, Any] = {
    "relay.url": "https://relay.invalid",
    "directory.domain": "domain.invalid",
    "directory.controllers": (DomainController(host="dc.domain.invalid"),),
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
