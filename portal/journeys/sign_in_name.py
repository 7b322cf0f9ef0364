"""What somebody typed as their name, as a claim of who is meant. Pure."""

import unicodedata

MOST = 256


class BadName(ValueError):
    """What was typed can be nobody's name."""


def sign_in_name(text: str) -> str:
    """Read a name: NFC, no blanks around; BadName where it can be nobody's."""
    if len(text) > MOST:
        raise BadName
    name = unicodedata.normalize("NFC", text).strip()
    if not name or any(unicodedata.category(sign) == "Cc" for sign in name):
        raise BadName
    return name


def compared(name: str) -> str:
    """Give a name as it is counted by: upper and lower case are one."""
    return name.casefold()


def user_claim(name: str) -> dict[str, str]:
    r"""Give the claim `user` of a name: anna@contoso.com, CONTOSO\anna, or anna."""
    if "@" in name:
        return {"by": "userPrincipalName", "value": name}
    return {"by": "sAMAccountName", "value": name.rpartition("\\")[2]}
