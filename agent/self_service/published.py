"""What `GET ready` says of the settings, so that a portal's pages are right. Pure.

Anybody on the way may read it, the relay too: no group, no network and no person is in
it. What holds for one person a `lookup` says, sealed.
"""

from typing import Any

from agent.config.self_service import SelfService
from agent.config.settings import Features, Limits, Settings
from agent.self_service.eligibility import offered
from agent.self_service.proof_count import JOURNEY_S


def published(settings: Settings) -> dict[str, Any]:
    """Give the claims `self_service` and `limits`: of bounded length, and printable."""
    return {
        "self_service": _self_service(settings.self_service, settings.features),
        "limits": _limits(settings.limits),
    }


def _self_service(wished: SelfService, features: Features) -> dict[str, Any]:
    operations, registration = wished.operations, wished.registration
    help_desk = {
        "unlock": operations.help_desk_unlock and features.unlock,
        "reset": operations.help_desk_reset,
    }
    return {
        "who": wished.who,
        "operations": sorted(map(str, offered(wished) & features.operations)),
        "help_desk": [name for name, on in help_desk.items() if on],
        "proofs": wished.proofs,
        "kinds": list(map(str, wished.kinds)),
        "passkey_alone": wished.passkey_alone,
        "two_proof": bool(wished.two_proof_groups),
        "receipts": wished.receipts,
        "registration": registration.model_dump(mode="json", exclude={"networks"}),
        "notify": wished.notify.model_dump(mode="json"),
        "roster": wished.roster,
        "help": wished.help.model_dump(mode="json", exclude_none=True),
    }


def _limits(limits: Limits) -> dict[str, int]:
    return {
        "per_minute": limits.per_minute,
        "checks_per_minute": limits.checks_per_minute,
        "per_user_per_hour": limits.per_user_per_hour,
        "proofs": limits.proofs,
        "proof_age": limits.proof_age,
        "self_service_proof_age": JOURNEY_S,
    }
