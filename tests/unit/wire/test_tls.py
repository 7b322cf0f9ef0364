"""What a client's TLS context checks is the same on each Python."""

import ssl
from pathlib import Path

import pytest

from lab.authority import make_authority
from wire.tls import checking_context, trusting_nobody


def test_what_a_newer_python_asks_of_a_root_is_asked_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = ssl.create_default_context

    def newer(*, cadata: str | None) -> ssl.SSLContext:
        context = made(cadata=cadata)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr(ssl, "create_default_context", newer)
    pem = make_authority(tmp_path).certificate.read_text()
    for context in (checking_context(), checking_context(pem), trusting_nobody()):
        assert context.verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert not context.hostname_checks_common_name
