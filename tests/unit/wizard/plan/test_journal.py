"""The journal: on disk before the act, readable after any cut, closed by its name."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from wire.text import Text
from wizard.plan import journal
from wizard.plan.change import Begun, Change
from wizard.plan.journal import Journal, JournalDamaged

FIRST = Change("one", Text("Makes one"), None, {"n": 1}, needs_admin=True)
SECOND = Change("two", Text("Makes two"), {"n": 0}, None)


def written(folder: Path) -> Journal:
    """A journal with one change made and one begun."""
    begun = journal.begin(folder)
    begun.intend(0, FIRST)
    begun.did(0, {"guid": "g"})
    begun.intend(1, SECOND)
    return begun


def test_a_new_process_reads_what_was_begun(tmp_path: Path) -> None:
    made = written(tmp_path)
    found = journal.find_open(tmp_path)
    assert found is not None
    assert found.id == made.id
    assert found.begun() == (
        Begun(0, FIRST, {"guid": "g"}),
        Begun(1, SECOND, None),
    )


def test_a_summary_keeps_its_template_beside_the_english(tmp_path: Path) -> None:
    moved = Text("Moves {name}", name=Text("it"))
    begun = journal.begin(tmp_path, (FIRST, replace(SECOND, summary=moved)))
    begun.intend(0, replace(SECOND, summary=moved))
    for read in (begun.planned()[1], begun.begun()[0].change):
        assert read.summary.as_dict() == moved.as_dict()
    lines = [json.loads(line) for line in begun.path.read_text().splitlines()]
    # programs of before take each key of a change, and no other
    keys = {"step", "summary", "before", "after", "needs_admin", "final"}
    for change in (lines[0]["plan"][1], lines[1]["change"]):
        assert set(change) == keys
        assert change["summary"] == "Moves it"


def test_a_summary_of_before_is_a_template_without_fields(tmp_path: Path) -> None:
    begun = journal.begin(tmp_path, (FIRST,))
    begun.intend(0, FIRST)
    lines = [json.loads(line) for line in begun.path.read_text().splitlines()]
    lines[0].pop("texts")
    lines[1].pop("text")
    lines[1]["change"]["summary"] = "Turns {x} on"
    begun.path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert begun.planned() == (FIRST,)
    summary = begun.begun()[0].change.summary
    assert summary.as_dict() == {"template": "Turns {x} on", "fields": {}}


def test_what_was_taken_back_is_not_taken_back_again(tmp_path: Path) -> None:
    written(tmp_path).undid(1)
    found = journal.find_open(tmp_path)
    assert found is not None
    assert [entry.index for entry in found.begun()] == [0]


def test_each_line_is_on_the_disk_before_the_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    begun = journal.begin(tmp_path)

    def fsync(_handle: int) -> None:
        synced.append(begun.path.read_text())

    monkeypatch.setattr("wizard.plan.journal.os.fsync", fsync)
    begun.intend(0, FIRST)
    # what is synced is the whole line
    assert synced[-1].endswith("\n")
    assert json.loads(synced[-1].splitlines()[-1])["change"]["summary"] == "Makes one"


def test_a_line_cut_off_while_written_is_no_act(tmp_path: Path) -> None:
    made = written(tmp_path)
    whole = made.path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last, len(whole)):
        made.path.write_bytes(whole[:cut])
        assert [entry.index for entry in made.begun()] == [0]
    made.undid(0)
    # the torn end was dropped, not glued to the new line
    assert made.begun() == ()


def test_a_journal_whose_first_line_never_came_is_nothing(tmp_path: Path) -> None:
    made = journal.begin(tmp_path)
    made.path.write_bytes(b'{"what": "beg')
    assert journal.find_open(tmp_path) is None
    # whoever only looks leaves it: its first line may be about to come
    assert made.path.exists()
    journal.drop_empty(tmp_path)
    assert not made.path.exists()


def test_a_damaged_line_is_told_and_kept(tmp_path: Path) -> None:
    made = written(tmp_path)
    lines = made.path.read_text().splitlines(keepends=True)
    lines[1] = "{broken\n"
    made.path.write_text("".join(lines))
    with pytest.raises(JournalDamaged, match="line 2"):
        made.begun()
    assert made.path.exists()


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{}",
        '{"what": "guess", "index": 0}',
        '{"what": "intend", "index": 1}',
        '{"what": "intend", "index": 1, "change": {"step": "one"}}',
        '{"what": "did", "index": 9, "made": {}}',
        '{"what": "undid"}',
    ],
)
def test_a_line_that_is_not_of_a_journal_is_told(tmp_path: Path, line: str) -> None:
    made = written(tmp_path)
    with made.path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(JournalDamaged, match="line 5"):
        made.begun()


@pytest.mark.parametrize("line", ["[]", '{"what": "begin"}', '{"at": "noon"}'])
def test_a_first_line_that_is_none_is_told(tmp_path: Path, line: str) -> None:
    made = journal.begin(tmp_path)
    made.path.write_text(f"{line}\n")
    with pytest.raises(JournalDamaged, match="line 1"):
        made.begun()
    with pytest.raises(JournalDamaged, match="line 1"):
        assert made.started


def test_a_journal_of_a_later_version_is_not_taken_for_an_empty_one(
    tmp_path: Path,
) -> None:
    made = journal.begin(tmp_path)
    first = json.loads(made.path.read_text()) | {"form": journal.FORM + 1}
    made.path.write_text(f"{json.dumps(first)}\n")
    with pytest.raises(JournalDamaged, match="line 1"):
        made.begun()


def test_a_closed_journal_is_not_open(tmp_path: Path) -> None:
    sealed = written(tmp_path)
    sealed.seal()
    assert journal.find_open(tmp_path) is None
    undone = written(tmp_path)
    undone.close_undone()
    assert journal.find_open(tmp_path) is None
    assert [e.change for e in journal.sealed(tmp_path)] == [FIRST, SECOND]


def test_two_journals_have_two_ids(tmp_path: Path) -> None:
    assert journal.begin(tmp_path).id != journal.begin(tmp_path).id


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    made = journal.begin(folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert made.path.stat().st_mode & 0o077 == 0
