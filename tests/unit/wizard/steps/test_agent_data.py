"""What a removal leaves: the audit records, unless it is asked to delete them."""

from pathlib import Path

import pytest

from agent.audit import files
from agent.audit.trail import Trail
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.inputs import Inputs
from wizard.plan.change import Change
from wizard.plan.step import Target
from wizard.steps.agent_data import AgentData


@pytest.fixture
def served(host: FakeHost) -> FakeHost:
    """A machine whose agent served for a while."""
    places = host.places
    trail = Trail(places.audit, places.audit_head, most_bytes=1000)
    for _ in range(10):
        trail.add({"event": 31002})
    trail.close()
    places.ledger.write_text("")
    places.log.write_text("")
    return host


def removed(host: FakeHost, inputs: Inputs) -> Change:
    context = on(host, inputs)
    (change,) = AgentData().plan_removal(context)
    AgentData().apply(change, context)
    return change


def left(host: FakeHost) -> set[Path]:
    return {path for path in host.places.home.rglob("*") if path.is_file()}


def test_a_removal_keeps_the_audit_records(served: FakeHost) -> None:
    records = set(files.all_files(served.places.audit))
    assert len(records) > 1
    change = removed(served, Inputs())
    assert left(served) == records
    assert str(served.places.ledger) in change.summary
    assert not any(str(path) in change.summary for path in records)
    assert not AgentData().plan_removal(on(served))


def test_a_removal_deletes_the_audit_records_where_it_is_asked_to(
    served: FakeHost,
) -> None:
    change = removed(served, Inputs(delete_audit=True))
    assert not left(served)
    assert "audit records too" in change.summary


def test_the_journal_of_an_older_program_deletes_what_it_said(
    served: FakeHost,
) -> None:
    paths = [str(served.places.log.parent)]
    before = Change("remains", Text("Deletes it"), {"paths": paths}, None, final=True)
    AgentData().apply(before, on(served))
    assert not served.places.audit.exists()


def test_records_that_stayed_are_gone_on_with(served: FakeHost) -> None:
    removed(served, Inputs())
    places = served.places
    trail = Trail(places.audit, places.audit_head)
    assert trail.add({"event": 31015}).seq == 11
    trail.close()


def test_verify_has_a_row_for_the_records(served: FakeHost) -> None:
    target = Target(SETTINGS, on(served))
    (row,) = AgentData().verify(target)
    assert (row.id, row.state) == ("audit", "ok")
    assert "10 records" in row.detail
    newest = served.places.audit
    newest.write_text(newest.read_text().replace("31002", "31003"))
    (row,) = AgentData().verify(target)
    assert row.state == "failed"
    assert "was changed" in row.detail
    assert "writeback audit verify" in row.remedy


def test_verify_of_a_machine_that_never_served_finds_nothing(host: FakeHost) -> None:
    assert not AgentData().verify(Target(SETTINGS, on(host)))
