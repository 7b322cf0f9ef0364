"""Whether a person signed in at a portal just now, before something is registered.

By the directory password, which an agent tried and signed so: no portal can say that of
its own. Where the settings take the portal's word, also at the organization's identity
provider, or by a registration code of the portal's owner.
"""

import time
from contextlib import suppress
from ipaddress import ip_address, ip_network

from agent.config.self_service import Registration
from agent.request.stages import Located, Tools
from agent.self_service.eligibility import Eligibility
from agent.self_service.vouching import VISIT_S
from agent.verdict.membership import Membership
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.request_claims import SignInClaim


def check_signed_in(located: Located, may: Eligibility, tools: Tools) -> None:
    """See that who registers signed in; Refused as sign_in_needed with what lacks.

    What is asked of where they do it is of the first method alone: who has some proves
    who they are by those.
    """
    registration = tools.settings.self_service.registration
    match located.request.sign_in:
        case SignInClaim(token=str(token)):
            _check_place(located, may, tools)
            who = located.request.portal.issuer, located.subject.guid
            tools.vouching.check_signed_in(token, who, time.time())
        case SignInClaim(at=int(moment)):
            _check_place(located, may, tools)
            _check_word("provider_sign_in", moment, on=registration.provider_sign_in)
        case SignInClaim(code_at=int(moment)):
            # it is the code that `allowed_from` may ask for, and good from anywhere
            _check_word("portal_codes", moment, on=registration.portal_codes)
        case _:
            _check_place(located, may, tools)
            raise Refused(Code.SIGN_IN_NEEDED, "neither sign_in nor methods is there")


def _check_word(setting: str, moment: int, *, on: bool) -> None:
    """See that the portal's word counts, and is of now."""
    if not on:
        rule = f"self_service.registration.{setting} is off"
        raise Refused(Code.SIGN_IN_NEEDED, rule)
    if not -CLOCK_LEEWAY_S <= time.time() - moment <= VISIT_S:
        raise Refused(Code.SIGN_IN_NEEDED, f"sign_in is over {VISIT_S} s ago")


def _check_place(located: Located, may: Eligibility, tools: Tools) -> None:
    registration = tools.settings.self_service.registration
    match may.allowed_from:
        case "code":
            why = _why_code(registration, located.subject.membership)
            rule = f"the first one needs a registration code ({why})"
            raise Refused(Code.SIGN_IN_NEEDED, rule)
        case "networks":
            origin = located.request.origin
            address = "" if origin is None else origin.address
            if not _is_within(address, registration.networks):
                rule = "client.ip is in none of the networks (allowed_from)"
                raise Refused(Code.SIGN_IN_NEEDED, rule)


def _why_code(registration: Registration, membership: Membership) -> str:
    if registration.allowed_from == "code":
        return "allowed_from"
    if membership.two_proof:
        return "two_proof_groups"
    return f"{membership.unknown} is not found"


def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    with suppress(ValueError):
        found = ip_address(address)
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in ip_network(each) for each in networks)
    return False
