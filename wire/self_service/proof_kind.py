"""How a person proves to a portal who they are: the kinds of proof."""

from enum import StrEnum


class ProofKind(StrEnum):
    """A kind of proof; the values are those of `kind` on the wire (docs/wire.md)."""

    PASSKEY = "passkey"
    TOTP = "totp"
    EMAIL = "email"
    SMS = "sms"
    RECOVERY_CODE = "recovery_code"
    QUESTIONS = "questions"

    @property
    def is_weak(self) -> bool:
        """Whether others can know it, or take it over with a telephone number.

        NIST SP 800-63B-4 sections 3.1.1 and 3.1.3.3.
        """
        return self in (ProofKind.QUESTIONS, ProofKind.SMS)
