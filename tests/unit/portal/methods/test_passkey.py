"""A passkey counts where its user was verified, for this portal and this challenge."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.methods import passkey
from portal.methods.passkey import NOBODYS, Passkey, PasskeyRefused, RelyingParty
from tests.fixtures.portal.agent import ISSUER
from tests.fixtures.portal.authenticator import Authenticator

PARTY = RelyingParty.of(ISSUER, "Contoso")


def _made(device: Authenticator) -> tuple[Passkey, int]:
    challenge = passkey.new_challenge()
    options = passkey.creation_options(
        PARTY, challenge, handle=bytes(32), name="anna", shown="Anna", there=()
    )
    answer = device.create(json.loads(options))
    return passkey.registered(PARTY, challenge, answer)


def _asked() -> tuple[str, dict[str, object]]:
    challenge = passkey.new_challenge()
    return challenge, json.loads(passkey.request_options(PARTY, challenge))


def test_a_passkey_that_was_made_is_used() -> None:
    device = Authenticator()
    made, counter = _made(device)
    assert (made.id, counter) == (device.id, 0)
    assert Passkey.of(made.text()) == made
    challenge, options = _asked()
    answer = device.get(options)
    assert passkey.credential_id(answer) == device.id
    used = passkey.asserted(PARTY, challenge, answer, made, counter)
    assert (used.counter, used.user_verified) == (1, True)


def test_what_is_asked_demands_that_the_user_is_verified() -> None:
    there = Passkey(b"there", b"key")
    made = json.loads(
        passkey.creation_options(
            PARTY, "c2lnbg", handle=b"h" * 32, name="anna", shown="Anna", there=[there]
        )
    )
    assert made["rp"] == {"id": "portal.contoso.test", "name": "Contoso"}
    assert made["attestation"] == "none"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert [each["id"] for each in made["excludeCredentials"]] == ["dGhlcmU"]
    _, asked = _asked()
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "portal.contoso.test"
    assert asked["allowCredentials"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_verified": False},
        {"origin": "https://portal.contoso.test.evil.example"},
        {"host": "contoso.test"},
        {"cross_origin": True},
    ],
)
def test_an_answer_of_another_place_or_user_is_refused(
    wrong: dict[str, object],
) -> None:
    with pytest.raises(PasskeyRefused):
        _made(Authenticator(**wrong))  # type: ignore[arg-type]
    device = Authenticator()
    made, counter = _made(device)
    challenge, options = _asked()
    answer = replace(device, **wrong).get(options)  # type: ignore[arg-type]
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, challenge, answer, made, counter)


def test_another_challenge_key_or_passkey_is_refused() -> None:
    device, other = Authenticator(), Authenticator()
    made, counter = _made(device)
    _, options = _asked()
    with pytest.raises(PasskeyRefused):
        passkey.asserted(
            PARTY, passkey.new_challenge(), device.get(options), made, counter
        )
    challenge, options = _asked()
    forged = replace(device, key=other.key).get(options)
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, challenge, forged, made, counter)
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, challenge, device.get(options), NOBODYS, 0)


def test_a_counter_that_goes_back_is_a_copy() -> None:
    device = Authenticator()
    made, _ = _made(device)
    challenge, options = _asked()
    answer = device.get(options)
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, challenge, answer, made, 1)
    assert passkey.asserted(PARTY, challenge, answer, made, 0).counter == 1


def test_the_answer_to_making_is_none_to_asking() -> None:
    device = Authenticator()
    made, counter = _made(device)
    challenge, options = _asked()
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, challenge, device.create(options), made, counter)
    with pytest.raises(PasskeyRefused):
        passkey.registered(PARTY, challenge, device.get(options))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://reset.contoso.com:443", "https://reset.contoso.com"),
        ("https://reset.contoso.com:8443", "https://reset.contoso.com:8443"),
    ],
)
def test_the_origin_is_spelled_as_browsers_do(address: str, origin: str) -> None:
    party = RelyingParty.of(address, "Contoso")
    assert (party.id, party.origin) == ("reset.contoso.com", origin)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=8,
)
_FIELDS = ("id", "rawId", "type", "response", "authenticatorAttachment")
_INNER = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")


@given(st.sampled_from(_FIELDS + _INNER), _JSON)
def test_answers_that_are_none_are_refused(name: str, value: object) -> None:
    device = Authenticator()
    challenge, options = _asked()
    for answer in (device.create(options), device.get(options)):
        changed = json.loads(answer)
        if name in _INNER:
            changed["response"][name] = value
        else:
            changed[name] = value
        text = json.dumps(changed)
        passkey.credential_id(text)
        with pytest.raises(PasskeyRefused):
            passkey.asserted(PARTY, challenge, text, NOBODYS, 0)
        if name in ("response", "clientDataJSON", "attestationObject", "rawId"):
            with pytest.raises(PasskeyRefused):
                passkey.registered(PARTY, challenge, text)


@given(st.text(max_size=64) | st.binary(max_size=64).map(lambda raw: raw.hex()))
def test_text_that_is_no_answer_is_refused(text: str) -> None:
    assert passkey.credential_id(text) == b""
    with pytest.raises(PasskeyRefused):
        passkey.registered(PARTY, "c2lnbg", text)
    with pytest.raises(PasskeyRefused):
        passkey.asserted(PARTY, "c2lnbg", text, NOBODYS, 0)


def test_nested_and_long_answers_are_refused() -> None:
    for text in ("[" * 12_000, '{"response":' * 900, "x" * 20_000):
        assert passkey.credential_id(text) == b""
        with pytest.raises(PasskeyRefused):
            passkey.asserted(PARTY, "c2lnbg", text, NOBODYS, 0)
