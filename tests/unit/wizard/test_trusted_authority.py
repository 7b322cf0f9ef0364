"""Until when the authority is good that the settings trust, in words."""

from datetime import timedelta

import pytest

from tests.fixtures.certificate_chain import issued
from tests.unit.wizard.answered import SETTINGS
from wizard.trusted_authority import authority_checks, named, trusted

PEM = issued("Corp Root CA").pem
DIRECTORY = SETTINGS.directory.model_copy(update={"ca_certificate": PEM})


@pytest.mark.parametrize(
    ("left", "state", "says"),
    [
        (timedelta(days=31), "ok", "CN=Corp Root CA, good until "),
        (timedelta(days=30), "warning", "CN=Corp Root CA ends in 30 days, on "),
        (timedelta(days=1), "warning", "ends in 1 day, on "),
        (timedelta(), "failed", "no controller is trusted by it"),
    ],
)
def test_its_end_is_said_before_it_comes(
    left: timedelta, state: str, says: str
) -> None:
    facts = trusted(DIRECTORY)
    assert facts is not None
    (row,) = authority_checks(DIRECTORY, facts.not_after - left)
    assert (row.id, row.state) == ("authority", state)
    assert says in row.detail
    assert bool(row.remedy) is (state != "ok")
    assert row.field == "directory.ca_certificate"


def test_nothing_is_said_where_nobody_is_trusted() -> None:
    assert list(authority_checks(SETTINGS.directory)) == []


def test_what_is_no_certificate_is_named_as_it_is() -> None:
    assert named("nothing") == "nothing"
