"""What people do while the wizard waits for its portal: open, type, compare."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFont
from PySide6.QtWidgets import QLabel, QWidget

from wire.text import Text
from wizard.results import PortalAsked
from wizard.ui.formatting import line, say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import (
    CopyButton,
    LiveLabel,
    LongName,
    busy_bar,
    button,
    column,
    fingerprint,
    label,
    row,
    stack,
)
from wizard.ui.widgets.qr_code import QrCode
from wizard.ui.widgets.side_by_side import SideBySide

_LARGER = 11  # points, of the code: it is read across a room, or by telephone


def _code_font() -> QFont:
    font = palette.mono()
    font.setPointSizeF(font.pointSizeF() + _LARGER)
    font.setBold(True)
    return font


def _in_two_lines(text: str) -> str:
    """Break a fingerprint where the portal's page does: the two are compared."""
    groups = text.split()
    half = len(groups) // 2
    return "\n".join(line(" ".join(each)) for each in (groups[:half], groups[half:]))


class SignInSteps(QWidget):
    """Three steps with what each needs, a QR code beside them, and how it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.state = LiveLabel(muted=True)
        self.bar = busy_bar(tr("Waiting for your portal"))
        self.address, self.code = LongName(), QLabel()
        self.code.setFont(_code_font())
        self.agent, self.fingerprint = LongName(), fingerprint("")
        self.browser = button(tr("&Open in browser"), self._open)
        self.copy = CopyButton("", tr("Copy the code"))
        self.qr = QrCode()
        self._complete = ""
        self.steps = self._steps()
        column(self, self.state, self.bar, self.steps, spacing=palette.GROUP)
        self.steps.hide()

    def _steps(self) -> QWidget:
        on_server = tr(
            "Or, for the first agent, on the portal's server: writeback-portal "
            "approve, with this code."
        )
        words = stack(
            stack(
                label(tr("1. Open this address on any device, with your passkey:")),
                self.address,
                row(self.browser),
            ),
            stack(label(tr("2. Type this code there:")), row(self.code, self.copy)),
            stack(
                label(tr("3. Compare name and fingerprint with these, and let it in:")),
                self.agent,
                self.fingerprint,
            ),
            label(on_server, muted=True),
            spacing=palette.GROUP,
        )
        picture = QWidget()
        caption = label(tr("Or scan this with a phone"), muted=True)
        column(picture, self.qr, caption).addStretch(1)
        return SideBySide(words, picture, least=0, spacing=palette.FRAME, shares=(1, 0))

    def ask(self, address: str) -> None:
        """Say that a portal is asked."""
        self.steps.hide()
        self.state.setText(tr("Asking {address}", address=address))

    def tell(self, asked: PortalAsked) -> None:
        """Show what people do now, or that the portal is not reached meanwhile."""
        minutes = max(1, round(asked.seconds / 60))
        waits = Text(
            "It goes on by itself once an administrator has let this agent in. The "
            "code is good for {minutes} min.",
            minutes=str(minutes),
        )
        if asked.trouble:
            waits = Text("{trouble} It is tried again.", trouble=asked.trouble)
        self.state.setText(say(waits))
        self._complete = asked.complete
        self.address.set_name(asked.address)
        self.code.setText(line(asked.user_code))
        # letter by letter, as it is typed
        self.code.setAccessibleName(" ".join(asked.user_code))
        self.copy.text_to_copy = asked.user_code
        self.agent.set_name(asked.agent)
        self.fingerprint.setText(_in_two_lines(asked.fingerprint))
        self.fingerprint.setAccessibleName(asked.fingerprint)
        name = tr(
            "QR code of {address} with the code {code}",
            address=asked.address,
            code=asked.user_code,
        )
        self.qr.show_text(asked.complete, name)
        self.steps.show()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl(self._complete))
