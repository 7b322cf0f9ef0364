"""E-mail addresses: their form, how they are compared, and how they are hidden."""

import re

MOST = 254  # RFC 5321 section 4.5.3.1.3
# no encoded words (RFC 2047): a mail's header would read them as what they stand for
_FORM = re.compile(
    r"(?!.*=\?)[^@\s\x00-\x1f\x7f<>,;:\\\"()\[\]]{1,64}"
    r"@([\w-]{1,63}\.)+[\w-]{2,63}"
)
_HIDDEN = "•••"


class BadAddress(ValueError):
    """What was typed is no address."""


def email_address(text: str) -> str:
    """Read an address as it is compared: lower case, no blanks around; BadAddress."""
    address = text[: MOST + 1].strip().casefold()
    if len(address) > MOST or not _FORM.fullmatch(address):
        raise BadAddress
    return address


def hidden(address: str) -> str:
    """Give an address as its owner knows it again, and nobody learns it from."""
    local, _, domain = address.partition("@")
    host, _, rest = domain.rpartition(".")
    return f"{local[:1]}{_HIDDEN}@{host[:1]}{_HIDDEN}.{rest}"
