"""The fingerprint that people compare with their portal before anything is changed."""

from wire.enrolment_code import BadCode, parse
from wire.keys import spell_fingerprint
from wire.secret import Secret
from wizard.results import EnrolledPortal


def expected_portal(code: Secret | None, enrolled: EnrolledPortal | None) -> str:
    """Give it: its beginning by a new enrolment code, else that of the enrolment.

    Empty where neither is known, or the code is none.
    """
    if code:
        try:
            return spell_fingerprint(parse(code.reveal()).portal)
        except BadCode:
            return ""
    return enrolled.fingerprint if enrolled else ""
