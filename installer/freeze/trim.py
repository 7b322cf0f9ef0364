"""What is left out of the frozen programs; the PyInstaller specifications use it."""

import re

# Nothing that only a developer or another system needs, and no parts of the product's
# libraries that it never asks for. The pure Python form of frozenlist serves as well,
# and needs no libstdc++.
LEFT_OUT = [
    *("tkinter", "pip", "setuptools", "pytest", "unittest", "doctest", "pydoc"),
    *("lib2to3", "distutils", "xmlrpc", "ftplib", "frozenlist._frozenlist"),
    *("_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr"),
    *("_codecs_tw", "_multibytecodec", "ldap3.protocol.schemas", "secretstorage"),
    *("keyring.cli", "keyring.testing", "keyring.backends.SecretService"),
    *("keyring.backends.kwallet", "keyring.backends.libsecret"),
    *("keyring.backends.macOS", "keyring.backends.Windows"),
    *("agent.platform.windows", "wizard.elevation.windows", "wizard.host.windows"),
]

# The languages of resources/translations, as Qt and Babel have them too.
LANGUAGES = ("ar", "de", "es", "fr", "ja")
# and English, which the wizard's texts are in without a catalog, and the portal's times
_KNOWN = rf"(root|{'|'.join(LANGUAGES)})(_|\.)|en\."
_TABLES = re.compile(rf"babel/locale-data/(?!{_KNOWN})")
_SOURCES = re.compile(r"resources/translations/.*\.pot?$")

# On every Debian, for apt is made with it; one of our own, older than the machine's,
# would keep the machine's graphics drivers from loading.
_OF_THE_SYSTEM = ("libstdc++.so.6", "libgcc_s.so.1")


def kept(collected: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Give PyInstaller's list without what would only be weight, or in the way.

    What translators write goes, for programs read what is compiled of it, and so do
    Babel's tables of other languages, nine tenths of it. Entry points and other
    metadata go: a keyring backend is named, never searched for, and what pip noted
    there differs from build to build.
    """
    return [
        (name, source, kind)
        for name, source, kind in collected
        if name not in _OF_THE_SYSTEM
        and ".dist-info/" not in name
        and not _TABLES.match(name)
        and not _SOURCES.match(name)
    ]
