"""What came of the enrolment is kept, and read with care."""

import json
from pathlib import Path

import pytest

from agent.config import enrolment
from agent.config.enrolment import EnrolmentError
from tests.fixtures.enrolled import enrolled


def test_an_enrolment_comes_back_with_its_portals(tmp_path: Path) -> None:
    first = enrolled()
    enrolment.save(tmp_path / "enrolment.json", first)
    again = enrolment.load(tmp_path / "enrolment.json")
    assert again == first
    issuers = {portal.issuer for portal in again.portals().values()}
    assert issuers == {first.portal_issuer, first.self_test_issuer}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"relay_url": "x"}'])
def test_a_spoiled_enrolment_is_refused(text: str) -> None:
    with pytest.raises(EnrolmentError, match="wizard"):
        enrolment.parse(text, "enrolment.json")


def test_private_keys_do_not_pass_as_the_portals() -> None:
    data = json.loads(enrolment.dump(enrolled()))
    data["portal_keys"][0]["d"] = "AAAA"
    with pytest.raises(EnrolmentError, match="private"):
        enrolment.parse(json.dumps(data), "enrolment.json")


def test_an_enrolment_of_before_wishes_for_no_new_sealing_key() -> None:
    stored = json.loads(enrolment.dump(enrolled()))
    del stored["replace_sealing_before"]
    assert enrolment.parse(json.dumps(stored), "x").replace_sealing_before == 0


def test_a_time_that_is_none_is_told() -> None:
    stored = json.loads(enrolment.dump(enrolled())) | {"replace_sealing_before": "soon"}
    with pytest.raises(EnrolmentError):
        enrolment.parse(json.dumps(stored), "x")
