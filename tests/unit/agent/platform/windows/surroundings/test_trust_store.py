"""Which certificates of Windows' stores are trusted for servers, and which are not."""

from cryptography.hazmat.primitives.serialization import Encoding

from agent.platform.windows.surroundings.trust_store import authorities
from agent.platform.windows.surroundings.win32_network import (
    CertificateStore,
    StoredCertificate,
)
from tests.fixtures.certificate_chain import Issued, enterprise, issued
from tests.fixtures.windows.fake_network import FakeNetwork

SERVERS, MAIL = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.4"
ROOT, BELOW = CertificateStore.ROOT, CertificateStore.INTERMEDIATE


def der(made: Issued) -> bytes:
    return made.certificate.public_bytes(Encoding.DER)


def stored(made: Issued, *purposes: str) -> StoredCertificate:
    return StoredCertificate(der(made), frozenset(purposes) or None)


def test_roots_are_trusted_and_those_below_fill_in() -> None:
    corp = enterprise()
    known = authorities(
        FakeNetwork(stores={ROOT: [stored(corp.root)], BELOW: [stored(corp.issuing)]})
    )
    assert known.roots == (der(corp.root),)
    assert known.intermediates == (der(corp.issuing),)


def test_one_that_is_trusted_for_something_else_is_left_out() -> None:
    servers, mail, nothing = (issued(name) for name in ("servers", "mail", "nothing"))
    found = [
        stored(servers, SERVERS, MAIL),
        stored(mail, MAIL),
        StoredCertificate(der(nothing), frozenset()),  # all purposes were turned off
    ]
    assert authorities(FakeNetwork(stores={ROOT: found})).roots == (der(servers),)


def test_one_that_is_past_or_that_nobody_can_read_is_left_out() -> None:
    good, past = issued("good"), issued("past", days=-1)
    found = [stored(past), StoredCertificate(b"no certificate"), stored(good)]
    assert authorities(FakeNetwork(stores={ROOT: found})).roots == (der(good),)


def test_one_that_signs_itself_is_no_root_among_the_intermediates() -> None:
    """As Root Agency is, whose key is public: to OpenSSL it would be one."""
    agency, corp = issued("Root Agency"), enterprise()
    found = [stored(agency), stored(corp.issuing)]
    known = authorities(FakeNetwork(stores={BELOW: found}))
    assert known.roots == ()
    assert known.intermediates == (der(corp.issuing),)


def test_one_that_another_issued_is_no_root_among_the_roots() -> None:
    corp = enterprise()
    found = [stored(corp.issuing), stored(corp.root)]
    assert authorities(FakeNetwork(stores={ROOT: found})).roots == (der(corp.root),)


def test_what_an_administrator_disallowed_is_not_trusted() -> None:
    good, bad = issued("good"), issued("bad")
    stores = {
        ROOT: [stored(good), stored(bad)],
        CertificateStore.DISALLOWED: [stored(bad)],
    }
    assert authorities(FakeNetwork(stores=stores)).roots == (der(good),)


def test_an_empty_machine_trusts_nobody() -> None:
    known = authorities(FakeNetwork())
    assert (known.roots, known.intermediates) == ((), ())
