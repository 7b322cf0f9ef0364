"""Cases of the random policy test that were kept: each still stops where it should."""

from pathlib import Path

import pytest

from tests.live.policy_files import FOLDER, load

KEPT = sorted(FOLDER.glob("*.json"))


def test_cases_were_kept() -> None:
    assert KEPT


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_case_stops_where_it_should(file: Path) -> None:
    judged, plain = load(file)

    assert judged.said()["stops"] == plain["stops"], plain["about"]
