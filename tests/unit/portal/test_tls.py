"""Whom the portal trusts over TLS: read once for all that trust the same."""

from pathlib import Path

import pytest

from lab.authority import make_authority
from portal.errors import PortalUnusable
from portal.tls import tls_context


def test_who_trusts_the_same_has_the_same_context(tmp_path: Path) -> None:
    first = make_authority(tmp_path / "first").certificate
    other = make_authority(tmp_path / "other").certificate
    relay = tls_context(first, "relays: main: ca")
    assert tls_context(first, "mail: ca") is relay
    assert tls_context(other, "mail: ca") is not relay
    assert tls_context(None, "sms: ca") not in (relay, tls_context(other, "mail: ca"))


def test_a_file_that_cannot_be_read_is_named_and_may_be_mended(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(PortalUnusable, match=r"mail: ca: .*ca\.pem can't be read"):
        tls_context(file, "mail: ca")
    file.write_bytes(make_authority(tmp_path / "own").certificate.read_bytes())
    assert tls_context(file, "mail: ca").get_ca_certs()
