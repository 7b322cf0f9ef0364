"""Codes of an authenticator app (RFC 6238): SHA-1, 30 s, six digits, as apps do."""

import hmac

import pyotp

STEP_S = 30
# one step of clocks that differ (RFC 6238 section 5.2)
DRIFT = 1
_SECRET_BYTES_BASE32 = 32


def new_secret() -> str:
    """Make a secret of 160 bits (RFC 4226 section 4), in base32."""
    return pyotp.random_base32(_SECRET_BYTES_BASE32)


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Give the time step that a code is of; None where it is of none that is near.

    All steps are tried, in the same time. A step at or before the last that was taken
    must be refused by who keeps it: a code is good once.
    """
    totp = pyotp.TOTP(secret, interval=STEP_S)
    current, found = int(now // STEP_S), None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def provisioning_uri(secret: str, account: str, organization: str) -> str:
    """Give what the app reads from a QR code (otpauth://)."""
    totp = pyotp.TOTP(secret, interval=STEP_S, name=account, issuer=organization)
    return totp.provisioning_uri()
