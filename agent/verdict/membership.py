"""What a person is to self-service, by the lists of the settings: read, not judged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Membership:
    """Which entry of each list means a person; empty where none does.

    `unknown` names an entry that was not found and could have meant anybody: of
    `exceptions` or `two_proof`, so that less may be allowed than it looks;
    `unknown_role` one of the roles, so that the rank may be higher.
    """

    group: str = ""
    exception: str = ""
    two_proof: str = ""
    help_desk: str = ""
    auditor: str = ""
    administrator: str = ""
    unknown: str = ""
    unknown_role: str = ""

    @property
    def rank(self) -> int:
        """How much the person may see and do at a portal; 0: what is their own."""
        if self.administrator:
            return 2
        return 1 if self.help_desk or self.auditor else 0


NO_MEMBERSHIP = Membership()
