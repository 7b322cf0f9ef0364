"""Cases of the random test that were kept: each is decided as the controller did."""

from pathlib import Path

import pytest

from agent.verdict.judge import judge
from agent.verdict.verdict import State
from tests.fixtures.access_files import (
    FOLDER,
    as_samba_reads,
    from_sddl,
    load,
    to_sddl,
)

KEPT = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_case_is_decided_as_the_controller_did(file: Path) -> None:
    kept = load(file)
    stored = from_sddl(kept.descriptor)

    assert to_sddl(stored) == kept.descriptor
    assert kept.decided(as_samba_reads(stored)) == kept.seen


TRIED = {
    "RESET_PASSWORD": "reset",
    "CHANGE_PASSWORD": "change",
    "WRITE_LOCKOUT_TIME": "unlock",
    "WRITE_PWD_LAST_SET": "must_change",
}
JUDGED = [file for file in KEPT if load(file).answer]


@pytest.mark.parametrize("file", JUDGED, ids=lambda file: file.stem)
def test_a_kept_verdict_is_what_it_has_to_be(file: Path) -> None:
    kept = load(file)
    answer = getattr(judge(kept.subject()), TRIED[kept.right])

    assert answer.state == kept.answer, kept.about


def test_verdicts_were_kept() -> None:
    assert {load(file).answer for file in JUDGED} == set(State)


@pytest.mark.parametrize(
    "file", [f for f in KEPT if f.stem.startswith("quirk")], ids=lambda file: file.stem
)
def test_what_samba_alone_allows_the_product_does_not(file: Path) -> None:
    kept = load(file)

    assert kept.seen
    assert not kept.decided(from_sddl(kept.descriptor))
