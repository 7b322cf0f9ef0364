"""Answers to settings and back, so that page, file and command share one rule.

Every problem carries the dotted path of a field, and is shown beside it.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import ref

from pydantic import ValidationError

from agent.config.errors import SettingsError, explain
from agent.config.migrations import VERSION
from agent.config.self_service import SelfService
from agent.config.settings import (
    AccountSettings,
    DirectorySettings,
    DomainController,
    Relay,
    Settings,
)
from agent.config.settings_file import validate
from wire import enrolment_link
from wire.enrolment_code import BadCode
from wire.enrolment_link import BadLink, is_link
from wire.secret import Secret
from wizard.flow import conditions as when
from wizard.flow.defaults import defaults
from wizard.flow.model import AGENT_KEYS, Answers
from wizard.flow.pages.remove import ACCOUNT, AUDIT, GRANTS
from wizard.flow.pages.rotate import ROTATE, SEALING, SHARED, SIGN_IN
from wizard.flow.pages.self_service import (
    ALLOWED_FROM,
    KINDS,
    NAMED,
    OFFERED,
    PEERS,
    PORTAL_CODES,
    PROOFS,
    PROVIDER,
    RECEIPTS,
    SELF_SERVICE,
)
from wizard.flow.peer_lines import lines_of, peer_of
from wizard.flow.proposals import base_dn, proposed_container
from wizard.flow.route import asked_fields
from wizard.inputs import AdminCredentials, Draft, Inputs, Rotation, SelfServiceDraft

T = TypeVar("T")
_SOURCE = "the answers"
# the last answers, which may hold secrets and are not kept by this, with their settings
# or with what is wrong with them
_LAST: list[tuple[ref[Answers], Settings | SettingsError]] = []
_ACCOUNT = tuple(f"directory.account.{name}" for name in AccountSettings.model_fields)
_Part = TypeVar("_Part", Relay, DirectorySettings)


def answers_of(settings: Settings) -> Mapping[str, Any]:
    """Give the answers that made these settings; secrets are never among them."""
    values = {
        path: tuple(value) if isinstance(value, list) else value
        for path, value in flat(settings).items()
    }
    values.pop("version")
    values["directory.controllers"] = settings.directory.controllers
    values[PEERS] = lines_of(values[PEERS])
    values["pilot"] = "group" if settings.scope.pilot_group else "all"
    return MappingProxyType(values)


def flat(settings: Settings) -> dict[str, Any]:
    """Give every setting as JSON has it, by its dotted path."""
    return dict(_flat(settings.model_dump(mode="json"), ""))


def _flat(data: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def settings_of(answers: Answers) -> Settings:
    """Make settings of the answers of the pages shown.

    What was not asked is as it is in force, or the default for Express. SettingsError
    has every problem with its dotted path.

    Those of the last answers are kept: a page asks for them several times, and they
    may name thousands of containers.
    """
    last = _LAST[0] if _LAST else None
    if last is None or last[0]() is not answers:
        _LAST[:] = [last := (ref(answers), _made(answers))]
    made = last[1]
    if isinstance(made, SettingsError):
        raise made
    return made


def _made(answers: Answers) -> Settings | SettingsError:
    try:
        return validate(_data(answers), _SOURCE)
    except SettingsError as error:
        return error


def relay_of(answers: Answers) -> Relay:
    """Give the relay that the answers name, for a check before all is answered."""
    return _part(Relay, "relay", answers)


def directory_of(answers: Answers) -> DirectorySettings:
    """Give the directory that the answers name, for a check on the way."""
    return _part(DirectorySettings, "directory", answers)


def reached_directory(answers: Answers) -> DirectorySettings:
    """Give the directory as it is reached, whatever is answered of its account."""
    proposed = {path: defaults().get(path) for path in _ACCOUNT}
    return directory_of(answers.having(proposed))


def draft_of(answers: Answers) -> Draft:
    """Give the settings as far as they are answered rightly."""
    return Draft(
        relay=_answered(relay_of, answers),
        directory=_answered(directory_of, answers),
        containers=tuple(answers.get("scope.containers") or ()),
        identify_by=answers.text("identify_by"),
        group=answers.text("scope.pilot_group").strip()
        if when.piloting(answers)
        else "",
        deny_list=tuple(answers.get("scope.deny_list") or ()),
        excluded=tuple(answers.get("scope.exclude_containers") or ()),
        self_service=self_service_draft_of(answers),
    )


def self_service_draft_of(answers: Answers) -> SelfServiceDraft | None:
    """Give what is answered of self-service; None where it is for nobody."""
    if not when.helping_themselves(answers):
        return None
    shown = {each.path for each in SELF_SERVICE.fields if each.shown(answers)}
    return SelfServiceDraft(
        named={path: tuple(answers.get(path) or ()) for path in NAMED if path in shown},
        proofs=int(answers.get(PROOFS) or 0),
        kinds=tuple(answers.get(KINDS) or ()),
        receipts=answers.text(RECEIPTS),
        peers=tuple(map(peer_of, answers.get(PEERS) or ())),
        allowed_from=answers.text(ALLOWED_FROM),
        provider_sign_in=bool(answers.get(PROVIDER)),
        portal_codes=bool(answers.get(PORTAL_CODES)),
        switched_off=tuple(
            path for path, feature in OFFERED.items() if _is_off(answers, path, feature)
        ),
    )


def _is_off(answers: Answers, offered: str, feature: str) -> bool:
    """Say whether people are offered what an optional feature refuses them."""
    return bool(answers.get(offered, True)) and not answers.get(feature, True)


def self_service_of(answers: Answers) -> SelfService:
    """Make the part of the settings that its page asks for, and nothing of the rest."""
    values = {each.path: answers.get(each.path) for each in SELF_SERVICE.fields}
    given = {path: value for path, value in values.items() if value is not None}
    try:
        return SelfService.model_validate(_nested(given).get("self_service", {}))
    except ValidationError as error:
        problems = explain(error, Settings, ("self_service",))
        raise SettingsError(_SOURCE, problems) from None


def _answered(part: Callable[[Answers], T], answers: Answers) -> T | None:
    try:
        return part(answers)
    except SettingsError:
        return None


def _part(model: type[_Part], name: str, answers: Answers) -> _Part:
    try:
        return model.model_validate(_data(answers).get(name, {}))
    except ValidationError as error:
        raise SettingsError(_SOURCE, explain(error, Settings, (name,))) from None


def _data(answers: Answers) -> Mapping[str, Any]:
    values = {**defaults(), **_unasked(answers), **_asked(answers)}
    if values.get("pilot") != "group":
        values["scope.pilot_group"] = None
    if values.get("directory.account.kind") == "existing":
        values["directory.account.container"] = None
    elif not values.get("directory.account.container"):
        domain = answers.text("directory.domain")
        values["directory.account.container"] = proposed_container(domain)
    return _nested(values)


def _unasked(answers: Answers) -> Mapping[str, Any]:
    if answers.installed is not None:
        return answers_of(answers.installed)
    found = tuple(answers.get("input.people_containers") or ())
    # none are left where all people are beside the agent's account, or one that is
    # protected: the head of the domain would have that in it, so there is no scope
    if found or answers.get("input.left_out") or answers.get("input.unguarded"):
        return {"scope.containers": found}
    domain = answers.text("directory.domain")
    return {"scope.containers": (base_dn(domain),)} if domain else {}


def _asked(answers: Answers) -> Mapping[str, Any]:
    paths = [field.path for field in asked_fields(answers)]
    if answers.get("task") == "writeback":
        paths.append("features.password_writeback")
    return {path: answers.get(path) for path in paths if path in answers.values}


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"version": VERSION}
    for path, value in values.items():
        *parents, last = path.split(".")
        if (*parents, last)[0] not in Settings.model_fields:
            continue
        place = data
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = [*map(peer_of, value)] if path == PEERS else _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, DomainController):
        return value.model_dump()
    return value


def inputs_of(answers: Answers) -> Inputs:
    """Give what an administrator gave beside the settings."""
    user = answers.text("input.admin_user").strip()
    password = answers.get("input.admin_password")
    admin = AdminCredentials(user, password) if user and password else None
    return Inputs(
        admin=admin,
        account_password=answers.get("input.account_password") or None,
        enrolment_code=_code(answers.get("input.enrolment_code")),
        proxy_password=answers.get("input.proxy_password") or None,
        agent_keys=answers.get(AGENT_KEYS) or None,
        new_keys=when.rekeying(answers),
        original_is_gone=when.rekeying(answers) and when.original_is_gone(answers),
        keep_account=when.removing(answers)
        and not answers.get(ACCOUNT if when.new_account(answers) else GRANTS),
        delete_audit=when.removing(answers) and bool(answers.get(AUDIT)),
        rotation=rotation_of(answers),
    )


def _code(given: Secret | None) -> Secret | None:
    """Give the code that was typed, or that is in the link; a bad one as it is."""
    text = given.reveal() if given else ""
    if is_link(text):
        with contextlib.suppress(BadCode, BadLink):
            return Secret(enrolment_link.read(text).code.text)
    return given or None


def rotation_of(answers: Answers) -> Rotation:
    """Say what is replaced: nothing on a journey that does not ask."""
    if not ROTATE.shown(answers):
        return Rotation()
    return Rotation(
        sealing=bool(answers.get(SEALING)),
        shared=bool(answers.get(SHARED)),
        password=bool(answers.get(SIGN_IN)),
    )
