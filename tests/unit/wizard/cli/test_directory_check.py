"""`directory check` where a controller's certificate authority is not known here."""

from types import SimpleNamespace
from typing import Any

import yaml

from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.ui.fake import CORP, ONE, unknown_authority
from wizard.checks.controller_facts import Inspection
from wizard.cli.commands.directory import check
from wizard.cli.output import Exit, Result
from wizard.inputs import Inputs


def checked(found: Inspection) -> Result:
    controller: Any = SimpleNamespace(
        checks=SimpleNamespace(inspect_controllers=lambda *_: found)
    )
    return check(controller, SETTINGS, Inputs())


def test_it_shows_whom_to_compare_and_what_to_put_into_the_settings() -> None:
    found = unknown_authority()
    result = checked(found)
    offer = found.controllers[0].offer
    assert offer

    assert result.code == Exit.FINDINGS
    sha256 = f"SHA-256 of CN=Corp Root CA: {offer.certificate.sha256}"
    assert result.text.index(sha256) < result.text.index("ca_certificate: |")
    setting = yaml.safe_load(result.text.partition("settings:\n")[2])
    (pem,) = setting["directory"].values()
    assert pem.strip() == CORP.root.pem.strip()
    (facts,) = result.data["controllers"]
    assert facts["certificate"]["authority"] == {
        "subject": "CN=Corp Root CA",
        "sha256": offer.certificate.sha256,
        "pem": CORP.root.pem,
    }


def test_a_trusted_one_shows_nobody() -> None:
    result = checked(ONE)
    assert "ca_certificate" not in result.text
    assert result.data["controllers"][0]["certificate"]["authority"] is None
