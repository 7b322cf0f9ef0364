"""The client TLS context that every part begins with, the same on each Python."""

import ssl


def checking_context(cadata: str | None = None) -> ssl.SSLContext:
    """Make a context that checks certificate and name; TLS 1.2 at least.

    `cadata` is the certificates that are trusted, as PEM text; without it, those of
    the trust store are. The name is one of the certificate's subjectAltName, never its
    subject's CN (RFC 9525 section 2). ssl.SSLError where the text is no PEM.
    """
    return _checking(ssl.create_default_context(cadata=cadata))


def trusting_nobody() -> ssl.SSLContext:
    """Make one that trusts nobody yet, for who says whom, one by one."""
    return _checking(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def _checking(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    # Python 3.13 asks more of a root than OpenSSL does (a key usage, key identifiers),
    # which roots of many organizations don't have, and lets a chain end anywhere.
    # What one server trusts another must: who ends a chain is said by name.
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
    return context
