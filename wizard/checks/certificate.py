"""A chain of certificates in words, for a page that shows why it is not trusted."""

from collections.abc import Sequence
from datetime import timedelta

from agent.ldap.certificates import CertificateFacts

SOON = timedelta(days=30)


def describe_chain(chain: Sequence[CertificateFacts]) -> str:
    """Spell a chain, its own certificate first."""
    return "\n".join(_one(facts) for facts in chain)


def expiry(facts: CertificateFacts) -> str:
    """Say until when a certificate is good."""
    return f"Good until {facts.not_after:%Y-%m-%d}, by {facts.issuer}"


def _one(facts: CertificateFacts) -> str:
    names = f"\n  for {', '.join(facts.sans)}" if facts.sans else ""
    return (
        f"{facts.subject}{names}\n  issued by {facts.issuer}\n"
        f"  good from {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}\n"
        f"  SHA-256 {facts.sha256}"
    )
