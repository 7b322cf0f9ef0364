"""The pilot page: whom the deny list means, before it is applied."""

import pytest

from tests.unit.agent.active_directory.test_domain_cache import BASE
from tests.unit.agent.active_directory.test_named_principals import ADA, BOARD, Groups
from wizard.checks.people import check_deny_list


@pytest.mark.parametrize(
    ("entry", "state", "words"),
    [
        (BOARD, "ok", "A group, with 1 group inside it."),
        (ADA, "ok", "Found."),
        ("S-1-5-21-7-8-9-1111", "ok", "Counts by its SID."),
        (f"CN=Gone,{BASE}", "failed", "There is nobody of that name."),
    ],
)
def test_each_entry_is_told_with_whom_it_means(
    entry: str, state: str, words: str
) -> None:
    (row,) = check_deny_list(Groups().directory, BASE, (entry,))

    assert (row.state, row.detail) == (state, words)
    assert entry in row.title
    assert bool(row.remedy) is (state == "failed")
