"""`python -m lab.portal ADDRESS STEM`: the inbox, until it is stopped.

STEM.pem and STEM.key are its certificate, for mail and for the page.
"""

import ssl
import sys
from pathlib import Path

import uvicorn

from lab.portal.inbox import Inbox, mail_server, pages
from lab.portal.site import INBOX_PORT, MAIL_PORT


def main() -> int:
    """Serve both until SIGTERM."""
    address, stem = sys.argv[1], Path(sys.argv[2])
    certificate, key = stem.with_suffix(".pem"), stem.with_suffix(".key")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    inbox = Inbox()
    mails = mail_server(inbox, (address, MAIL_PORT), tls)
    try:
        uvicorn.run(
            pages(inbox),
            host=address,
            port=INBOX_PORT,
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    finally:
        mails.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
