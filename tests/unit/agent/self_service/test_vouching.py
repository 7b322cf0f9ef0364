"""Receipts: one counts for what it says alone, and of whom it says."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest

from agent.config.self_service import SelfService
from agent.self_service.vouching import VISIT_S, Vouching
from wire import jose
from wire.keys import PrivateKeys, signing_jwk
from wire.outcomes import Code, Refused
from wire.request_claims import Proof, RegisteredProof
from wire.self_service.proof_kind import ProofKind
from wire.self_service.receipt import MOST_CHARACTERS, RECEIPT, Receipt

NOW = 1_800_000_000
DAY = 86_400
PORTAL = "https://portal.corp.test"
ANNA = UUID("00112233-4455-6677-8899-aabbccddeeff")
BRUNO = UUID("10112233-4455-6677-8899-aabbccddeeff")
WHO = PORTAL, ANNA
OWN, PEER, STRANGER = (PrivateKeys.generate() for _ in range(3))
ID = "i" * 43


def agent(keys: PrivateKeys = OWN, **settings: Any) -> Vouching:
    asked = SelfService.model_validate({"who": "all"} | settings)
    return Vouching("agent-1", lambda: keys, asked)


def registered(by: Vouching, *, at: int = NOW - 30 * DAY, **more: Any) -> str:
    claim = RegisteredProof.model_validate({"kind": "totp", "id": ID} | more)
    return by.registered(claim, WHO, at)


def used(receipt: str | None, **more: Any) -> Proof:
    said = {"method": "otp", "at": NOW - 60, "kind": "totp", "id": ID}
    return Proof.model_validate(said | {"receipt": receipt} | more)


def refusal(proof: Proof, by: Vouching, who: tuple[str, UUID] = WHO) -> str:
    with pytest.raises(Refused) as refused:
        by.vouch(proof, who, NOW)
    assert refused.value.code is Code.PROOF_NOT_REGISTERED
    return str(refused.value.detail)


def test_the_ages_of_a_proof_are_its_receipt_s() -> None:
    lie = used(registered(agent()), registered=NOW - 900 * DAY, confirmed=NOW)
    proof = agent().vouch(lie, WHO, NOW)
    assert (proof.registered, proof.confirmed) == (NOW - 30 * DAY, NOW - 30 * DAY)
    assert proof.uv is False


def test_a_confirmation_keeps_the_first_age() -> None:
    first = registered(agent())
    again = registered(agent(), at=NOW - DAY, receipt=first)
    proof = agent().vouch(used(again), WHO, NOW)
    assert (proof.registered, proof.confirmed) == (NOW - 30 * DAY, NOW - DAY)


def test_what_was_registered_otherwise_gets_no_age_by_another_s_receipt() -> None:
    first = registered(agent())
    others: tuple[dict[str, Any], ...] = ({"kind": "email"}, {"id": "j" * 43})
    for other in others:
        with pytest.raises(Refused) as refused:
            registered(agent(), receipt=first, **other)
        assert refused.value.code is Code.PROOF_NOT_REGISTERED


def test_without_a_receipt_nothing_counts_where_one_is_needed() -> None:
    said = used(None, registered=NOW - DAY)
    assert "has no receipt" in refusal(said, agent())
    assert agent(receipts="accepted").vouch(said, WHO, NOW) is said


def test_it_counts_for_its_person_portal_kind_and_registration_alone() -> None:
    mine, by = registered(agent()), agent(receipts="accepted")
    assert "another person" in refusal(used(mine), by, (PORTAL, BRUNO))
    assert "another portal" in refusal(used(mine), by, ("https://else.test", ANNA))
    assert "another kind" in refusal(used(mine, kind="email"), by)
    assert "another registration" in refusal(used(mine, id="j" * 43), by)


def test_another_agent_s_counts_where_the_settings_name_it_and_until_then() -> None:
    theirs = used(registered(agent(PEER)))
    assert "not trusted" in refusal(theirs, agent())
    peer = {"fingerprint": PEER.public.fingerprint.lower()}
    assert agent(peers=[peer]).vouch(theirs, WHO, NOW).registered == NOW - 30 * DAY
    last = {**peer, "until": "2027-01-15"}  # the day of NOW, in UTC
    assert agent(peers=[last]).vouch(theirs, WHO, NOW)
    over = {**peer, "until": "2027-01-14"}
    assert "not trusted" in refusal(theirs, agent(peers=[over]))


def test_new_keys_of_an_agent_keep_receipts_where_the_former_is_a_peer() -> None:
    before = registered(agent(OWN))
    former = {"fingerprint": OWN.public.fingerprint, "until": "2027-06-30"}
    after = agent(PEER, peers=[former])
    renewed = registered(after, at=NOW, receipt=before)
    alone = agent(PEER)
    assert "not trusted" in refusal(used(before), alone)
    assert alone.vouch(used(renewed), WHO, NOW).registered == NOW - 30 * DAY


def signed_by(keys: PrivateKeys, jwk: dict[str, Any], **more: Any) -> str:
    claims = {"iss": "agent-1", "aud": PORTAL, "guid": str(ANNA), "iat": NOW - DAY}
    claims |= {"kind": "totp", "id": ID, "registered": NOW - DAY} | more
    return jose.sign(claims, keys, RECEIPT, jwk=jwk).decode()


@pytest.mark.parametrize("keys", [STRANGER, OWN])
@pytest.mark.parametrize("jwk", [signing_jwk(STRANGER), {}, {"kty": "oct", "k": "AA"}])
def test_a_key_is_known_by_its_thumbprint_and_no_other_way(
    keys: PrivateKeys, jwk: dict[str, Any]
) -> None:
    refusal(used(signed_by(keys, jwk)), agent())


def test_a_stranger_who_names_the_agent_s_key_signs_nothing() -> None:
    forged = signed_by(STRANGER, signing_jwk(OWN))
    assert "signature" in refusal(used(forged), agent())
    assert agent().vouch(used(signed_by(OWN, signing_jwk(OWN))), WHO, NOW)


def test_a_key_with_more_than_its_own_members_is_the_same_key() -> None:
    """What is hashed is what verifies: a member beside it changes nothing."""
    jwk = signing_jwk(STRANGER) | {"kid": OWN.signing.thumbprint()}
    refusal(used(signed_by(STRANGER, jwk)), agent())


@pytest.mark.parametrize(
    "more",
    [
        {"iat": NOW + 31},
        {"registered": NOW + 31},
        {"iat": "1"},
        {"registered": True},
        {"kind": "magic"},
        {"guid": "anna"},
        {"guid": None},
        {"v": 2},
    ],
)
def test_one_that_is_not_in_its_form_or_time_does_not_count(
    more: dict[str, Any],
) -> None:
    refusal(used(signed_by(OWN, signing_jwk(OWN), **more)), agent())


def test_changed_by_a_byte_it_is_none() -> None:
    head, payload, signature = registered(agent()).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["registered"] = 1
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    for changed in (
        f"{head}.{other}.{signature}",
        f"{head}.{payload}.{signature[::-1]}",
        f"{head}.{payload}",
        "",
        "é",
    ):
        refusal(used(changed), agent())


def test_a_sign_in_is_no_receipt_and_a_receipt_no_sign_in() -> None:
    ticket = agent().signed_in(WHO, NOW)
    refusal(used(ticket), agent())
    with pytest.raises(Refused) as refused:
        agent().check_signed_in(registered(agent(), at=NOW), WHO, NOW)
    assert refused.value.code is Code.SIGN_IN_NEEDED
    # and neither is any other token that an agent signs
    ready = jose.sign({"iss": "agent-1"}, OWN, "writeback-ready+jwt").decode()
    refusal(used(ready), agent())


def test_a_sign_in_is_of_one_person_at_one_portal_and_young() -> None:
    ticket = agent().signed_in(WHO, NOW)
    agent().check_signed_in(ticket, WHO, NOW + VISIT_S)
    wrong = (
        (WHO, NOW + VISIT_S + 1),
        (WHO, NOW - 31),
        ((PORTAL, BRUNO), NOW),
        (("https://else.test", ANNA), NOW),
    )
    for who, now in wrong:
        with pytest.raises(Refused) as refused:
            agent().check_signed_in(ticket, who, now)
        assert refused.value.code is Code.SIGN_IN_NEEDED
    with pytest.raises(Refused):
        agent(PEER).check_signed_in(ticket, WHO, NOW)


def test_the_longest_is_within_its_bound() -> None:
    widest = Receipt("x" * 256, ANNA, ProofKind.RECOVERY_CODE, ID, NOW, NOW)
    assert len(widest.signed("a" * 63, OWN)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "peer",
    [
        {"fingerprint": "AB12"},
        {"fingerprint": "G" * 64},
        {"fingerprint": "A" * 64, "until": "2027-6-30"},
        {"fingerprint": "A" * 64, "until": "20270630"},
        {"fingerprint": "A" * 64, "until": "2027-02-30"},
        {"until": "2027-06-30"},
    ],
)
def test_a_peer_that_is_none_is_refused_by_the_settings(peer: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="peers"):
        agent(peers=[peer])
