"""One certificate as an answer: read from a file as PEM or DER, or refused with why."""

import ssl
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.fake import CORP
from wizard.flow.pages.order import FIELDS
from wizard.ui.trust.certificate_editor import CertificateEditor

PEM = CORP.root.pem


@pytest.fixture
def editor(qtbot: QtBot) -> CertificateEditor:
    made = CertificateEditor(FIELDS["directory.ca_certificate"])
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    "content", [PEM.encode(), ssl.PEM_cert_to_DER_cert(PEM)], ids=["PEM", "DER"]
)
def test_a_file_is_read_once_and_its_certificate_kept(
    qtbot: QtBot, editor: CertificateEditor, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "ca.cer"
    file.write_bytes(content)
    with qtbot.waitSignal(editor.changed):
        editor.read(str(file))

    assert editor.value() == PEM
    assert editor.lines.subject.text() == "CN=Corp Root CA"
    assert editor.nobody.isHidden()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"nothing", "must be exactly one certificate as PEM"),
        (b"\x30\x03abc", "can't be read as one"),
        (b"\xff" * 70_000, "too large for certificates"),
        (None, "can't be read"),
    ],
)
def test_what_is_no_certificate_is_refused_and_the_answer_stays(
    qtbot: QtBot,
    editor: CertificateEditor,
    tmp_path: Path,
    content: bytes | None,
    why: str,
) -> None:
    editor.set_value(PEM)
    file = tmp_path / "ca.cer"
    if content is not None:
        file.write_bytes(content)
    with qtbot.assertNotEmitted(editor.changed):
        editor.read(str(file))

    assert editor.value() == PEM
    assert not editor.trouble.isHidden()
    assert "ca.cer" in editor.trouble.text()
    assert why in editor.trouble.text()
