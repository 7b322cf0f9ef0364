"""The policy that holds for one user: a PSO or the domain's."""

from dataclasses import dataclass
from datetime import timedelta

from agent.verdict.attributes import AttributeReader, Raw

_COMPLEX = 0x1  # DOMAIN_PASSWORD_COMPLEX in pwdProperties
_BLANK = timedelta(0)


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The rules for one user's password, and the DN of the object that sets them.

    `min_length` is in UTF-16 code units; `complexity` three of five kinds of character,
    no name inside; `history` how many old ones are refused. `max_age` None: never
    expires; `lockout_threshold` 0: never locked; `lockout_duration` None: until someone
    unlocks; `lockout_window` None: wrong passwords count for ever, as far as is known.
    """

    source: str
    min_length: int
    complexity: bool
    history: int
    min_age: timedelta
    max_age: timedelta | None
    lockout_threshold: int
    lockout_duration: timedelta | None
    lockout_window: timedelta | None = None


def from_pso(source: str, raw: Raw) -> PasswordPolicy:
    """Read a password settings object (MS-ADTS 3.1.1.4.5.36)."""
    read = AttributeReader(source, raw)
    return PasswordPolicy(
        source=source,
        min_length=read.count("msDS-MinimumPasswordLength"),
        complexity=read.flag("msDS-PasswordComplexityEnabled"),
        history=read.count("msDS-PasswordHistoryLength"),
        min_age=read.span("msDS-MinimumPasswordAge") or _BLANK,
        max_age=read.span("msDS-MaximumPasswordAge") or None,
        lockout_threshold=read.count("msDS-LockoutThreshold"),
        lockout_duration=read.span("msDS-LockoutDuration") or None,
        lockout_window=read.optional_span("msDS-LockoutObservationWindow"),
    )


def from_domain(source: str, raw: Raw) -> PasswordPolicy:
    """Read the head of the domain, for users without a PSO (MS-SAMR 3.1.1.5)."""
    read = AttributeReader(source, raw)
    return PasswordPolicy(
        source=source,
        min_length=read.count("minPwdLength"),
        complexity=bool(read.number("pwdProperties") & _COMPLEX),
        history=read.count("pwdHistoryLength"),
        min_age=read.span("minPwdAge") or _BLANK,
        max_age=read.span("maxPwdAge") or None,
        lockout_threshold=read.count("lockoutThreshold"),
        lockout_duration=read.span("lockoutDuration") or None,
        lockout_window=read.optional_span("lockOutObservationWindow"),
    )


def as_policy_dict(policy: PasswordPolicy | None) -> dict[str, object] | None:
    """Give what a portal may show of a policy."""
    if policy is None:
        return None
    return {
        "min_length": policy.min_length,
        "complexity": policy.complexity,
        "history": policy.history,
        "source": policy.source,
    }
