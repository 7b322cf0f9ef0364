"""What a portal is told of a person: what they may do, must prove, and their state.

Of who is not eligible it is told that alone. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.active_directory import users
from agent.active_directory.line_manager import read_manager
from agent.request.answer import Answer, Ended
from agent.request.entitlement import Entitled, helper_is_proven
from agent.request.sign_in import check_signed_in
from agent.request.stages import Located, Tools
from agent.self_service.eligibility import Eligibility
from agent.verdict.account import Account, UserFlag
from wire.outcomes import Code, Refused
from wire.printable import printable

_NAMES = ("userPrincipalName", "displayName", "preferredLanguage")
_MOST_CONTACTS, _MOST_LENGTH = 10, 256
_FOUND = "This person can use self-service. Nothing was changed."


def look_up(entitled: Entitled, tools: Tools) -> Answer:
    """Answer what self-service is to a person; Ended where it is nothing."""
    located, may = entitled.located, entitled.may
    if may is None:
        raise Ended(Answer(Code.NOT_ELIGIBLE))
    block = _self_service(located, may, tools)
    if not may.eligible and not located.subject.membership.rank:
        why = str(may.why_not)
        raise Ended(Answer(Code.NOT_ELIGIBLE, may.reason, self_service={"why": why}))
    names = _read(located, tools)
    return Answer(
        Code.OK,
        message=_FOUND,
        person=_person(located, may, names, tools),
        self_service=block,
        state=_state(located),
    )


def _self_service(located: Located, may: Eligibility, tools: Tools) -> dict[str, Any]:
    settings, features = tools.settings.self_service, tools.settings.features
    member = located.subject.membership
    roles = {
        "help_desk": member.help_desk,
        "auditor": member.auditor,
        "administrator": member.administrator,
    }
    return {
        "eligible": may.eligible,
        "why": "" if may.why_not is None else str(may.why_not),
        "operations": sorted(map(str, may.operations & features.operations)),
        "proofs": may.proofs,
        "kinds": list(map(str, may.kinds)),
        "passkey_alone": settings.passkey_alone,
        "receipts": settings.receipts,
        "two_proof": may.two_proof,
        "roles": [name for name, entry in roles.items() if entry],
        "registration": settings.registration.model_dump(mode="json")
        | {"allowed_from": may.allowed_from},
    }


def _read(located: Located, tools: Tools) -> Mapping[str, Sequence[str]]:
    wanted = (*_NAMES, *tools.settings.self_service.contacts)
    entry = users.needed_entry(located.warm.directory, located.user.dn, wanted)
    return {name: entry.texts(name)[:_MOST_CONTACTS] for name in wanted}


def _person(
    located: Located,
    may: Eligibility,
    names: Mapping[str, Sequence[str]],
    tools: Tools,
) -> dict[str, Any]:
    """Give who it is; addresses only while they register, and where settings say so.

    That they do, an agent saw: a portal that lies could ask for everybody's.
    """
    upn, name, language = (_first(names[each]) for each in _NAMES)
    person: dict[str, Any] = {
        "guid": str(located.user.guid),
        "name": name,
        "upn": upn,
        "language": language,
    }
    if located.request.purpose == "register" and _signed_in(located, may, tools):
        person["contacts"] = {
            each: [printable(value, _MOST_LENGTH) for value in names[each]]
            for each in tools.settings.self_service.contacts
            if names[each]
        }
    if manager := _manager(located, tools):
        person["manager"] = manager
    return person


def _manager(located: Located, tools: Tools) -> dict[str, str] | None:
    """Give whom a registration code may be mailed to, where the settings say so.

    To a helper who proved who they are: a portal that lies could ask for everybody's.
    A helper who is the manager would have the code mailed to themselves.
    """
    wanted = tools.settings.self_service.registration.code_to_manager
    if not wanted or located.request.purpose != "help_desk":
        return None
    if not helper_is_proven(located, tools):
        return None
    found = read_manager(located.warm.directory, located.user)
    origin = located.request.origin
    if found is None or (origin is not None and found.guid == origin.actor):
        return None
    each = {"name": found.name, "mail": found.mail}
    return {name: printable(value, _MOST_LENGTH) for name, value in each.items()}


def _signed_in(located: Located, may: Eligibility, tools: Tools) -> bool:
    try:
        check_signed_in(located, may, tools)
    except Refused:
        return False
    return True


def _first(values: Sequence[str]) -> str:
    return printable(values[0], _MOST_LENGTH) if values else ""


def _state(located: Located) -> dict[str, Any] | None:
    """Say how the account is; None where that is hidden from the agent."""
    subject, account = located.subject, located.subject.account
    if account is None:
        return None
    return {
        "locked": account.locked(subject.read_at, subject.policy),
        "must_change": account.must_change,
        "expired": _password_expired(account),
        "disabled": account.disabled,
        "password_age_days": None
        if account.pwd_last_set is None
        else max(0, (subject.read_at - account.pwd_last_set).days),
    }


def _password_expired(account: Account) -> bool:
    return bool((account.computed or 0) & UserFlag.PASSWORD_EXPIRED)
