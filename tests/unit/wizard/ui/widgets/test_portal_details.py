"""What the portal's side knows an agent by, and what is compared with it."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.fake import FINGERPRINT, PORTAL_DETAILS, PORTAL_FINGERPRINT
from wizard.results import PortalDetails
from wizard.ui.widgets.portal_details import PortalDetailsPanel


def shown(panel: PortalDetailsPanel) -> list[str]:
    labels = panel.findChildren(QLabel)
    return [label.text() for label in labels if label.parent() is panel]


def test_both_fingerprints_are_shown_whole_the_agents_first(qtbot: QtBot) -> None:
    panel = PortalDetailsPanel("Give this to your portal")
    qtbot.addWidget(panel)
    panel.show_details(PORTAL_DETAILS)
    texts = shown(panel)
    assert texts[1:3] == ["Fingerprint", FINGERPRINT]
    at = texts.index("Compare with your portal")
    assert texts[at + 1] == PORTAL_FINGERPRINT


def test_what_a_peer_is_called_is_one_line(qtbot: QtBot) -> None:
    panel = PortalDetailsPanel("Give this to your portal")
    qtbot.addWidget(panel)
    hostile = "urn:x\nFingerprint AB12\u202e<b>"
    panel.show_details(PortalDetails(hostile, "sync-01", FINGERPRINT, hostile))
    assert all(text.isprintable() for text in shown(panel))
