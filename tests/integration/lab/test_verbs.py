"""`./dev lab`'s verbs, each by what it leaves for the next."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import portal_keys
from lab import __main__ as verbs
from lab import places
from lab.controller import Lab
from lab.demo import __main__ as demo
from lab.demo.offers import write_offers
from lab.portal.people import self_service
from lab.relay import LabRelay
from lab.sandbox import sandbox
from wire import enrolment_code
from wizard.flow.offers_file import read_offers


@pytest.fixture
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have the verbs work below a folder, and end what they started."""
    for name in ("INSTANCE", "RELAY", "PORTAL", "MACHINE"):
        monkeypatch.setattr(places, name, tmp_path / name.lower())
    monkeypatch.setattr(places, "DESCRIPTION", tmp_path / "lab.json")
    monkeypatch.setattr(demo, "OFFERS", tmp_path / "offers.json")
    yield tmp_path
    verbs.down()


# a verb leaves its hold on the address to the end of its process
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_lab_gives_codes_and_its_portal_is_where_it_says(
    own_places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verbs.up()
    for act in (verbs.code, verbs.reset, verbs.code):
        act()
    relay = LabRelay.attach(places.RELAY, "")
    assert relay
    known = relay.portal.read_bytes()
    relay.stop()
    verbs.up()
    assert relay.running
    assert relay.portal.read_bytes() == known  # the same, with whom it knows
    verbs.code()
    code = enrolment_code.parse(capsys.readouterr().out.splitlines()[-1])
    described = json.loads((own_places / "lab.json").read_text())
    spelled = portal_keys.fingerprint(Path(described["portal"]))
    assert code.is_for(bytes.fromhex(spelled.replace(" ", "")))
    offered = json.loads(demo._offer().read_text())
    assert "input.enrolment_code" in [row["path"] for row in offered]


def test_a_person_at_a_display_is_offered_self_service(
    clean_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(clean_lab, tmp_path / "stage") as whole:
        offered = {"mode": "custom", **self_service(clean_lab)}
        file = write_offers(tmp_path / "o", clean_lab, whole.relay, offered)
        values = read_offers(file).values
    assert values["mode"] == "custom"
    assert values["self_service.who"] == "all"
    assert "Portal help desk" in values["self_service.roles.help_desk"][0]
