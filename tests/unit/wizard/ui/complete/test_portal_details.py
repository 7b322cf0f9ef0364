"""What the portal's side knows an agent by, and what is compared with it."""

from dataclasses import replace

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.fake import FINGERPRINT, PORTAL_DETAILS, PORTAL_FINGERPRINT
from wizard.results import PortalDetails
from wizard.ui.complete.portal_details import (
    CopyLines,
    PortalComparison,
    PortalDetailsPanel,
)


def shown(panel: CopyLines) -> list[str]:
    parts = (panel, panel.grid.parentWidget())
    labels = panel.findChildren(QLabel)
    return [label.text() for label in labels if label.parent() in parts]


def test_the_agents_fingerprint_is_shown_whole_and_first(qtbot: QtBot) -> None:
    panel = PortalDetailsPanel("Give this to your portal")
    qtbot.addWidget(panel)
    panel.show_details(PORTAL_DETAILS)
    assert shown(panel)[1:3] == ["Agent's fingerprint", FINGERPRINT]
    assert PORTAL_FINGERPRINT not in shown(panel)  # nobody has to give that away


def test_the_portals_fingerprint_is_compared_by_itself(qtbot: QtBot) -> None:
    panel = PortalComparison()
    qtbot.addWidget(panel)
    panel.show_details(PORTAL_DETAILS)
    assert shown(panel)[0] == "Compare with your portal"
    assert shown(panel)[-2:] == ["Portal's fingerprint", PORTAL_FINGERPRINT]


def test_without_a_portal_there_is_nothing_to_compare(qtbot: QtBot) -> None:
    panel = PortalComparison()
    qtbot.addWidget(panel)
    panel.show_details(replace(PORTAL_DETAILS, portal_fingerprint=""))
    assert panel.isHidden()


def test_what_a_peer_is_called_is_one_line(qtbot: QtBot) -> None:
    panel = PortalDetailsPanel("Give this to your portal")
    qtbot.addWidget(panel)
    hostile = "urn:x\nFingerprint AB12\u202e<b>"
    panel.show_details(PortalDetails(hostile, "sync-01", FINGERPRINT, hostile))
    assert all(text.isprintable() for text in shown(panel))
