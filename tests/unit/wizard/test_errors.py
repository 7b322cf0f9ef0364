"""Why something failed: in our own words, the system's, or by its kind alone."""

import errno
import re

import pytest

from agent.config.enrolment import EnrolmentError
from agent.config.errors import Problem, SettingsError
from agent.ldap.errors import Denied
from wire.text import Text
from wizard.errors import reason
from wizard.permissions.grant import Grant
from wizard.ui.presenters.failure import row_of

DENIED = Denied("dc1.corp.test", Text("the right is missing"), Text("grant it"), 50)
SETTINGS = SettingsError("site.yaml", (Problem("agent", Text("is missing")),))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DENIED, "dc1.corp.test: the right is missing; grant it"),
        # these had no remedy of their own, and were told by their kind alone
        (
            EnrolmentError("enrolment.json", Text("is no JSON")),
            "enrolment.json is no JSON; enrol this agent again with the wizard",
        ),
        (SETTINGS, "site.yaml can't be used:\n  agent: is missing"),
        (
            OSError(errno.ENOSPC, "canary"),
            "The system refused: No space left on device.",
        ),
        (KeyError("canary"), "An unexpected error of kind KeyError."),
    ],
)
def test_the_reason_of_an_error(error: Exception, text: str) -> None:
    assert reason(error) == text


@pytest.mark.parametrize(
    ("error", "row"),
    [
        (DENIED, ("dc1.corp.test: the right is missing", "grant it")),
        (SETTINGS, ("agent: is missing", "")),
        (KeyError("canary"), ("An unexpected error of kind KeyError.", "")),
    ],
)
def test_a_row_has_what_happened_and_the_remedy_apart(
    error: Exception, row: tuple[str, str]
) -> None:
    assert row_of(error) == row


def test_an_unexpected_error_tells_where_it_came_up_and_nothing_else() -> None:
    with pytest.raises(KeyError) as raised:
        Grant.of("RESET_PASSWORD canary")
    told = reason(raised.value)
    where = r"KeyError at wizard\.permissions\.grant, line \d+\.$"
    assert re.search(where, told)
    assert "canary" not in told
