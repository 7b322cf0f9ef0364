"""Budgets: so many at once, and so many in a time after that. Pure.

The generic cell rate algorithm (ITU-T I.371 annex A): one number a budget, the time at
which it would be full again. No clock of a peer and no window that begins anew at once.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """`most` at once; each comes back after `seconds` / `most`."""

    name: str
    most: int
    seconds: float

    @property
    def interval(self) -> float:
        """Seconds until one more."""
        return self.seconds / self.most

    def latest_arrival(self, now: float) -> float:
        """Give the latest arrival time that still leaves room for one, at `now`."""
        return now + self.seconds - self.interval

    def of_another_clock(self, now: float) -> float:
        """Give the time from which on an arrival is none of a clock that was right.

        It is over what was taken, and nodes differ by less than the budget lasts.
        """
        return now + 2 * self.seconds

    def wait(self, arrival: float, now: float) -> float:
        """Seconds until there is room for one; 0 where there is now."""
        return max(0.0, arrival - self.latest_arrival(now))

    def left(self, arrival: float, now: float) -> int:
        """Count how many are left at `now`."""
        taken = max(0.0, arrival - now)
        # what floats lose is not one less
        return int((self.seconds - taken) / self.interval + 1e-6)


# facts: self-service section 5.3; a person's own account is never locked by these
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
NAMES_OF_ADDRESS = Budget("names of an address", 120, _HOUR)
PROOFS_UNKNOWN_BROWSER = Budget("failed proofs, unknown browsers", 5, _DAY)
PROOFS_KNOWN_BROWSER = Budget("failed proofs, a known browser", 10, _DAY)
# more than a name has: who is known by several names is not seen to be one person
PROOFS_OF_PERSON = Budget("failed proofs of a person", 15, _DAY)
PASSWORDS_OF_BROWSER = Budget("directory passwords of a browser", 10, _HOUR)
PASSWORDS_OF_ADDRESS = Budget("directory passwords of an address", 60, _HOUR)
PROVIDER_SIGN_INS_OF_BROWSER = Budget("provider sign-ins of a browser", 20, _HOUR)
PROVIDER_SIGN_INS_OF_ADDRESS = Budget("provider sign-ins of an address", 120, _HOUR)
# of 80 bits each: no tries of strangers make a person's code worthless
REGISTRATION_CODES_OF_BROWSER = Budget("registration codes of a browser", 10, _HOUR)
REGISTRATION_CODES_OF_ADDRESS = Budget("registration codes of an address", 60, _HOUR)
MAILS_OF_ADDRESS = Budget("mails to an address", 10, _HOUR)
TEXTS_OF_NUMBER = Budget("text messages to a number", 5, _DAY)
CODES_OF_JOURNEY = Budget("codes of a visit", 3, 15 * _MINUTE)
# of wizards that ask for a code, and of user codes that people type (RFC 8628 5.1)
DEVICES_OF_ADDRESS = Budget("wizards of an address", 20, _HOUR)
DEVICES_OF_ALL = Budget("wizards of all addresses", 200, _HOUR)
USER_CODES_OF_ADDRESS = Budget("user codes typed at an address", 10, _HOUR)
NOT_ME_OF_ADDRESS = Budget("codes of this was not me", 10, _HOUR)
REMINDERS_OF_PERSON = Budget("reminders of a person", 1, 7 * _DAY)
TEST_MESSAGES = Budget("test messages of an administrator", 10, _HOUR)
TEST_TEXTS = Budget("test text messages of an administrator", 5, _HOUR)
CODES_TO_MANAGERS = Budget("registration codes to a manager", 10, _HOUR)
NAMES_OF_HELPER = Budget("names of a helper", 60, _HOUR)
# a flood of refusals is no flood of events
LIMIT_NOTED = Budget("a limit noted in the audit", 1, 10 * _MINUTE)


def texts_of_day(most: int) -> Budget:
    """Give what the organization pays for: so many text messages a day."""
    return Budget("text messages of the organization", most, _DAY)
