"""`writeback audit verify`: what came of it, for people, programs and monitors."""

import json
from pathlib import Path

import pytest

from agent.audit.trail import Trail
from agent.system.paths import Paths
from wizard.cli.main import main
from wizard.cli.output import Exit


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("WRITEBACK_HOME", str(tmp_path))
    places = Paths.below(tmp_path)
    trail = Trail(places.audit, places.audit_head)
    for _ in range(3):
        trail.add({"event": 31002})
    trail.close()
    return places


def test_sound_records_end_with_0_and_the_last_hash(
    places: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify"]) == Exit.DONE
    shown = capsys.readouterr().out
    last = json.loads(places.audit.read_text().splitlines()[-1])
    assert "3 records in a chain, 1–3." in shown
    assert last["hash"] in shown
    assert main(["audit", "verify", "--hash", last["hash"]]) == Exit.DONE


def test_a_changed_record_ends_with_4_and_is_named(
    places: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    text = places.audit.read_text()
    places.audit.write_text(text.replace('"seq": 2, ', '"seq": 2,  '))
    assert main(["audit", "verify"]) == Exit.FINDINGS
    assert "  Record 2 was changed (audit.jsonl)." in capsys.readouterr().out
    assert main(["audit", "verify", "--json"]) == Exit.FINDINGS
    data = json.loads(capsys.readouterr().out)
    assert (data["sound"], data["records"], data["exit"]) == (False, 3, 4)


@pytest.mark.usefixtures("places")
def test_a_hash_that_no_record_has_ends_with_4_and_none_at_all_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "verify", "--hash", "0" * 64]) == Exit.FINDINGS
    assert "No record has the hash" in capsys.readouterr().out
    assert main(["audit", "verify", "--hash", "x"]) == Exit.BAD_USAGE
