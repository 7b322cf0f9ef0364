"""The claims of what a portal asks (docs/wire.md), by what entitles to it.

A reset or an unlock is made of `Entitled` alone: who wants to send one needs the
proven methods of a visit (`portal.journeys.visit`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.journeys.entry import ByCode, ByPassword, ByProvider, Entry
from portal.journeys.visit import Entitled, TakenMethod
from wire.operation import Operation
from wire.secret import Secret
from wire.self_service.proof_kind import ProofKind

Taken = tuple[TakenMethod, ...]
# RFC 8176, and the names of ours (docs/wire.md)
_METHOD_NAMES = {
    ProofKind.PASSKEY: "hwk",
    ProofKind.TOTP: "otp",
    ProofKind.EMAIL: "email",
    ProofKind.SMS: "sms",
    ProofKind.RECOVERY_CODE: "otp",
    ProofKind.QUESTIONS: "kba",
}


def check(person: Entitled, password: Secret | None) -> dict[str, Any]:
    """Ask what would come of a reset; without a password, for the rules."""
    claims = _of(person, "check")
    return claims if password is None else claims | _new(password)


def reset(person: Entitled, password: Secret) -> dict[str, Any]:
    """Ask for a new password."""
    return _of(person, Operation.RESET) | _new(password)


def unlock(person: Entitled) -> dict[str, Any]:
    """Ask to unlock the account; the password stays."""
    return _of(person, Operation.UNLOCK)


def change(
    user: dict[str, str], old: Secret, new: Secret, reference: str, address: str
) -> dict[str, Any]:
    """Ask for a new password, proven by the one of before."""
    return {
        "op": "change",
        "user": user,
        "old_password": old.reveal(),
        "new_password": new.reveal(),
        **_visit(reference, address),
    }


def authenticate(
    user: dict[str, str], password: Secret, reference: str, address: str
) -> dict[str, Any]:
    """Ask whether a password is somebody's."""
    return {
        "op": "authenticate",
        "user": user,
        "password": password.reveal(),
        **_visit(reference, address),
    }


def lookup(
    user: dict[str, str], purpose: str, reference: str, address: str
) -> dict[str, Any]:
    """Ask who somebody is, and what self-service is to them."""
    return {
        "op": "lookup",
        "purpose": purpose,
        "user": user,
        **_visit(reference, address),
    }


def register(
    guid: str,
    proof: Mapping[str, str],
    shown_by: Entry | Taken,
    reference: str,
    address: str,
) -> dict[str, Any]:
    """Ask for a receipt of what somebody registers, or confirms.

    `shown_by` is what they came in by, or what they proved with in this visit.
    """
    return {
        "op": "register",
        "user": by_guid(guid),
        "proof": dict(proof),
        **_visit(reference, address),
        **_shown_by(shown_by),
    }


def methods(taken: Taken) -> list[dict[str, Any]]:
    """Give methods that were used as the claims that an agent counts."""
    return list(_methods(taken))


def _shown_by(shown: Entry | Taken) -> dict[str, Any]:
    match shown:
        case ByPassword(token=token):
            return {} if token is None else {"sign_in": {"token": token.reveal()}}
        case ByProvider(at=at):
            return {"sign_in": {"at": at}}
        case ByCode(at=at, helper=helper):
            if helper is None:
                return {"sign_in": {"code_at": at}}
            return {
                "origin": "help_desk",
                "actor": helper.guid,
                "reason": helper.reason,
                "actor_methods": [dict(each) for each in helper.methods],
            }
        case tuple():
            return {"methods": methods(shown)}


def roster(cursor: str, reference: str, address: str) -> dict[str, Any]:
    """Ask for a page of the people in the scope; without a cursor for the first."""
    claims = {"op": "roster", **_visit(reference, address)}
    return {**claims, "cursor": cursor} if cursor else claims


@dataclass(frozen=True)
class Helper:
    """Somebody of the help desk: what they proved themselves by, and why they help.

    `reference` joins the requests of one call; `address` is the helper's browser's.
    """

    guid: str
    methods: tuple[TakenMethod, ...]
    reason: str
    reference: str
    address: str


def helped(
    helper: Helper, operation: str, user: dict[str, str], **more: Any
) -> dict[str, Any]:
    """Ask for something on behalf of a helper; the agent says whether they may."""
    return {
        "op": operation,
        "user": user,
        "origin": "help_desk",
        "actor": helper.guid,
        "actor_methods": list(_methods(helper.methods)),
        "reason": helper.reason,
        "journey": helper.reference,
        "client": {"ip": helper.address},
        **more,
    }


def helped_reset(
    helper: Helper, user: dict[str, str], password: Secret
) -> dict[str, Any]:
    """Ask for a password that the person must change at the next sign-in."""
    new = _new(password)
    return helped(helper, Operation.RESET, user, must_change=True, **new)


def by_guid(guid: str) -> dict[str, str]:
    """Name a person by objectGUID."""
    return {"by": "objectGUID", "value": guid}


def _of(person: Entitled, operation: str) -> dict[str, Any]:
    return {
        "op": str(operation),
        "user": by_guid(person.guid),
        "methods": methods(person.methods),
        **_visit(person.reference, person.address),
    }


def _visit(reference: str, address: str) -> dict[str, Any]:
    return {"origin": "self", "journey": reference, "client": {"ip": address}}


def _new(password: Secret) -> dict[str, str]:
    return {"new_password": password.reveal()}


def _methods(taken: Iterable[TakenMethod]) -> Iterable[dict[str, Any]]:
    for each in taken:
        claim: dict[str, Any] = {
            "method": _METHOD_NAMES[each.kind],
            "kind": str(each.kind),
            "id": each.digest,
            "registered": each.registered,
            "at": each.at,
        }
        if each.confirmed is not None:
            claim["confirmed"] = each.confirmed
        if each.receipt is not None:
            claim["receipt"] = each.receipt
        if each.user_verified:
            claim["uv"] = True
        yield claim
