"""The editor of one certificate: what is trusted, another from a file, or nobody."""

import ssl
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFileDialog, QWidget

from agent.ldap.authority import authority_facts, one_certificate
from agent.system.named_files import read_named
from wire.failure import sentence
from wire.system_reason import file_reason
from wire.text import Text
from wizard.flow.model import Field
from wizard.ui.formatting import say, tr
from wizard.ui.trust.certificate_lines import CertificateLines
from wizard.ui.widgets.labels import InkLabel, button, column, label, row

_MOST_BYTES = 65_536  # of a file: one certificate with what is said about it
_DER = b"\x30"  # an ASN.1 SEQUENCE: no PEM begins with it


class CertificateEditor(QWidget):
    """Shows whom the answer trusts; a file is read once, its certificate is kept."""

    accessible_role = QAccessible.Role.Grouping
    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._title, self._pem = say(field.label), ""
        self.nobody = label(tr("None"))
        self.lines = CertificateLines()
        self.trouble = InkLabel("", "failed")
        self.trouble.hide()
        self.choose = button(
            tr("Choose a file…"), self._ask, tr("Choose the file of a certificate")
        )
        self.remove = button(
            tr("Remove"), self._remove, tr("Trust this authority no longer")
        )
        buttons = row(self.choose, self.remove)
        column(self, self.nobody, self.lines, buttons, self.trouble)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.choose)
        self._show()

    def focus_widget(self) -> QWidget:
        return self.choose

    def value(self) -> Any:
        return self._pem or None

    def set_value(self, value: Any) -> None:
        if (value or "") != self._pem:
            self._pem = value or ""
            self._show()

    def read(self, path: str) -> None:
        """Take the certificate of a file, as PEM or DER; what is none is refused."""
        try:
            data = read_named(Path(path), _MOST_BYTES)
            pem = one_certificate(_as_pem(data))
        except OSError as error:
            self._refuse(
                Text("{path} can't be read: {why}", path=path, why=file_reason(error))
            )
        except ValueError as error:
            self._refuse(Text("{path} {rule}", path=path, rule=error.args[0]))
        else:
            self._take(pem)

    def _take(self, pem: str) -> None:
        self._pem = pem
        self._show()
        self.changed.emit()

    def _remove(self) -> None:
        self._take("")
        self.choose.setFocus()

    def _show(self) -> None:
        self.trouble.hide()
        given = bool(self._pem)
        self.nobody.setVisible(not given)
        self.lines.setVisible(given)
        self.remove.setVisible(given)
        if given:
            self.lines.show_certificate(authority_facts(self._pem))

    def _refuse(self, why: Text) -> None:
        self.trouble.setText(say(sentence(why)))
        self.trouble.show()

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self._title)
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read)
        dialog.open()


def _as_pem(data: bytes) -> str:
    if data.startswith(_DER):
        return ssl.DER_cert_to_PEM_cert(data)
    return data.decode("ascii", "replace").replace("\ufffd", "?")
