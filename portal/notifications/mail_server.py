"""Sends one mail by SMTP (RFC 5321), over TLS, with the password of a file."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

import aiosmtplib

from portal.database.outbox import Message
from portal.notifications.delivery import NotSent
from portal.settings import Mail
from portal.tls import tls_context
from wire.printable import printable
from wire.secret import Secret

_TIMEOUT_S = 20.0
_MOST_FAILURE = 200


class MailServer:
    """The mail server of the settings."""

    def __init__(self, settings: Mail, password: Secret | None) -> None:
        self._settings, self._password = settings, password
        self._tls = tls_context(settings.ca, "mail: ca")

    async def send(self, message: Message) -> None:
        """Send a mail; NotSent says why not, never with the mail's words."""
        settings = self._settings
        try:
            await aiosmtplib.send(
                self._composed(message),
                hostname=settings.host,
                port=settings.port,
                username=settings.user,
                password=None if self._password is None else self._password.reveal(),
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=None if settings.security == "none" else self._tls,
                timeout=_TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            # 4yz is for now, such as greylisting (RFC 5321 section 4.2.1)
            for_good = all(each.code >= 500 for each in error.recipients)
            what = "the server refused the address"
            raise NotSent(what, for_good=for_good) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # the settings' fault or the server's, and none of the mail's
            what = f"the server refused the sender: {error.code}"
            raise NotSent(what) from None
        except aiosmtplib.SMTPResponseException as error:
            what = f"the server answered {error.code}"
            raise NotSent(what, for_good=error.code >= 550) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            kind = printable(type(error).__name__, _MOST_FAILURE)
            raise NotSent(f"the server can't be asked: {kind}") from None

    def _composed(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self._settings.sender, message.to
        mail["Subject"] = message.subject
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = make_msgid(domain=self._settings.sender.partition("@")[2])
        # no machine answers this one (RFC 3834 section 5)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail
