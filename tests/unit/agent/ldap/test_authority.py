"""Trusting one authority for the directory: what is offered, and what it lets in."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.ldap.authority import (
    MOST_CHARACTERS,
    authority_facts,
    offer_authority,
    one_certificate,
)
from agent.ldap.certificates import shake_hands
from agent.ldap.connection import connect
from agent.ldap.errors import Untrusted
from agent.system.tls import client_context
from lab.authority import issue, make_authority
from tests.fixtures.certificate_chain import Enterprise, Issued, enterprise, issued
from tests.fixtures.ldap_server import HOST, LdapServer, serving
from wire.secret import Secret

Chosen = Callable[[Enterprise], Issued]
CHOICES: dict[str, Chosen] = {
    "root": lambda made: made.root,
    "issuing": lambda made: made.issuing,
    "own": lambda made: made.own,
}


@pytest.fixture(scope="module")
def corp() -> Enterprise:
    return enterprise()


@pytest.fixture
def other_ca(tmp_path: Path) -> Path:
    """A CA that is none of theirs, in place of what this machine trusts."""
    return make_authority(tmp_path / "other").certificate


def sign_in(controller: LdapServer, authority: str | None) -> None:
    endpoint = replace(controller.endpoint, authority=authority)
    connect(endpoint, "svc", Secret("Canary-7f3a-Passw0rd!")).close()


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_what_is_trusted_lets_its_controller_in(
    tmp_path: Path, corp: Enterprise, other_ca: Path, chosen: Chosen
) -> None:
    with serving(corp.write(tmp_path, corp.issuing), other_ca) as controller:
        with pytest.raises(Untrusted, match="unable to get local issuer"):
            sign_in(controller, None)
        assert controller.asked == []
        sign_in(controller, chosen(corp).pem)
    assert controller.asked


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_another_name_stays_refused(
    tmp_path: Path, other_ca: Path, chosen: Chosen
) -> None:
    made = enterprise("dc9.corp.test")
    with (
        serving(made.write(tmp_path, made.issuing), other_ca) as controller,
        pytest.raises(Untrusted, match=f"not valid for '{HOST}'"),
    ):
        sign_in(controller, chosen(made).pem)
    assert controller.asked == []


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_another_authority_of_the_same_names_stays_refused(
    tmp_path: Path, corp: Enterprise, other_ca: Path, chosen: Chosen
) -> None:
    twin = enterprise()
    stem = twin.write(tmp_path, twin.issuing, twin.root)
    with serving(stem, other_ca) as controller, pytest.raises(Untrusted):
        sign_in(controller, chosen(corp).pem)
    assert controller.asked == []


def test_a_controllers_own_certificate_vouches_for_no_other(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    """Not even where its key signed the other: it is no CA."""
    signed = Enterprise(
        corp.root, corp.own, issued(HOST, corp.own, hosts=(HOST,), ca=False)
    )
    stem = signed.write(tmp_path, corp.own, corp.issuing)
    with serving(stem, other_ca) as controller, pytest.raises(Untrusted):
        sign_in(controller, corp.own.pem)
    assert controller.asked == []


def test_an_authority_that_is_past_is_refused(tmp_path: Path, other_ca: Path) -> None:
    past = enterprise(root_days=-1)
    with (
        serving(past.write(tmp_path, past.issuing), other_ca) as controller,
        pytest.raises(Untrusted, match="certificate has expired"),
    ):
        sign_in(controller, past.root.pem)
    assert controller.asked == []


def test_what_the_machine_trusts_stays_trusted_beside_it(
    tmp_path: Path, corp: Enterprise
) -> None:
    authority = make_authority(tmp_path / "ca")
    issue(authority, tmp_path / "dc", [HOST], [])
    with serving(tmp_path / "dc", authority.certificate) as controller:
        sign_in(controller, corp.root.pem)
    assert controller.asked


def test_a_chain_ends_below_a_root_only_where_no_root_was_chosen(
    corp: Enterprise,
) -> None:
    partial = 0x80000  # X509_V_FLAG_PARTIAL_CHAIN
    flags = {
        name: client_context(None, chosen(corp).pem).verify_flags & partial
        for name, chosen in CHOICES.items()
    }
    assert flags == {"root": 0, "issuing": partial, "own": partial}
    assert not client_context(None).verify_flags & partial


def test_the_root_is_offered_where_it_is_sent_in_any_order(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    stranger = issued("Somebody else's CA")
    stem = corp.write(tmp_path, stranger, corp.root, corp.issuing)
    with serving(stem, other_ca) as controller:
        offer = offer_authority(controller.endpoint)
    assert offer is not None
    assert offer.certificate.subject == "CN=Corp Root CA"
    assert (offer.certificate.self_signed, offer.is_own) == (True, False)
    assert offer.pem == corp.root.pem
    assert offer.distrust == ""


def test_what_was_sent_last_is_offered_where_the_root_is_not_sent(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    with serving(corp.write(tmp_path, corp.issuing), other_ca) as controller:
        offer = offer_authority(controller.endpoint)
    assert offer is not None
    assert offer.certificate.subject == "CN=Corp Issuing CA 1"
    assert (offer.certificate.self_signed, offer.is_own) == (False, False)


def test_its_own_certificate_is_offered_where_it_sends_nothing_else(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    with serving(corp.write(tmp_path), other_ca) as controller:
        offer = offer_authority(controller.endpoint)
    assert offer is not None
    assert (offer.certificate.subject, offer.is_own) == (f"CN={HOST}", True)
    assert offer.distrust == ""


def test_an_offer_says_what_would_be_wrong_all_the_same(
    tmp_path: Path, other_ca: Path
) -> None:
    made = enterprise("dc9.corp.test")
    stem = made.write(tmp_path, made.issuing, made.root)
    with serving(stem, other_ca) as controller:
        offer = offer_authority(controller.endpoint)
    assert offer is not None
    assert "Hostname mismatch" in offer.distrust


def test_nobody_is_offered_for_what_is_trusted(
    tmp_path: Path, corp: Enterprise
) -> None:
    ca = tmp_path / "root.pem"
    ca.write_text(corp.root.pem)
    with serving(corp.write(tmp_path, corp.issuing), ca) as controller:
        assert offer_authority(controller.endpoint) is None


def test_nobody_is_offered_for_another_name_alone(tmp_path: Path) -> None:
    made = enterprise("dc9.corp.test")
    ca = tmp_path / "root.pem"
    ca.write_text(made.root.pem)
    with serving(made.write(tmp_path, made.issuing), ca) as controller:
        assert offer_authority(controller.endpoint) is None


def test_a_chain_says_which_is_signed_by_itself(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    stem = corp.write(tmp_path, corp.issuing, corp.root)
    with serving(stem, other_ca) as controller:
        chain = shake_hands(controller.endpoint).chain
    assert [each.self_signed for each in chain] == [False, False, True]


def test_more_certificates_than_a_chain_has_are_not_shown(
    tmp_path: Path, corp: Enterprise, other_ca: Path
) -> None:
    many = [issued(f"CA {number}") for number in range(12)]
    with serving(corp.write(tmp_path, *many), other_ca) as controller:
        assert len(shake_hands(controller.endpoint).chain) == 10


def test_names_of_a_stranger_are_printable_and_short(
    tmp_path: Path, other_ca: Path
) -> None:
    odd = issued("Corp\n\x1b[2JRoot\u202e CA")
    made = Enterprise(odd, odd, issued(HOST, odd, hosts=(HOST,), ca=False))
    with serving(made.write(tmp_path, odd), other_ca) as controller:
        offer = offer_authority(controller.endpoint)
    assert offer is not None
    assert offer.certificate.subject.isprintable()


def test_a_certificate_is_spelled_in_one_way(corp: Enterprise) -> None:
    pem = corp.root.pem
    commented = f"subject=CN=Corp Root CA\r\n{pem}# the end\n".replace("\n", "\r\n")
    assert one_certificate(pem) == one_certificate(commented) == pem


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "there are 0 in it"),
        ("/etc/ca.pem", "there are 0 in it"),
        ("{root}{root}", "there are 2 in it"),
        ("{root}-----BEGIN PRIVATE KEY-----", "no place for a private key"),
        ("{cut}", "can't be read"),
        ("{long}", f"of {MOST_CHARACTERS} characters at most"),
        ("{client}", "of a certificate authority, or of a domain controller"),
    ],
)
def test_what_is_no_one_certificate_is_refused(
    corp: Enterprise, text: str, rule: str
) -> None:
    lines = corp.root.pem.splitlines(keepends=True)
    given = {
        "{root}": corp.root.pem,
        "{cut}": "".join([*lines[:3], *lines[-1:]]),
        "{long}": corp.root.pem + " " * MOST_CHARACTERS,
        "{client}": issued("Ada", corp.root, ca=False).pem,
    }
    for name, value in given.items():
        text = text.replace(name, value)
    with pytest.raises(ValueError) as refused:
        one_certificate(text)
    assert rule in str(refused.value)


def test_the_facts_of_a_certificate_are_for_comparing(corp: Enterprise) -> None:
    facts = authority_facts(corp.root.pem)
    assert facts.subject == facts.issuer == "CN=Corp Root CA"
    assert facts.self_signed
    assert len(facts.sha256.split(":")) == 32
