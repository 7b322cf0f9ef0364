"""What is left out of the frozen programs; both PyInstaller specifications use it."""

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
]

# On every Debian, for apt is made with it; one of our own, older than the machine's,
# would keep the machine's graphics drivers from loading.
_OF_THE_SYSTEM = ("libstdc++.so.6", "libgcc_s.so.1")


def kept(collected: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Give PyInstaller's list without what would only be weight, or in the way.

    Entry points and other metadata go: a keyring backend is named, never searched for,
    and what pip noted there differs from build to build.
    """
    return [
        (name, source, kind)
        for name, source, kind in collected
        if name not in _OF_THE_SYSTEM and ".dist-info/" not in name
    ]
