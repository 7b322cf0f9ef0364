"""The port of `win32_network` by pywin32 and, where that has nothing, by ctypes."""

import sys

assert sys.platform == "win32"

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any

import win32api
import win32con
import win32crypt
import win32net
import win32security

from agent.platform.windows.ports.pywin32_errors import as_os_error
from agent.platform.windows.surroundings.win32_network import (
    CertificateStore,
    Located,
    PersonProxy,
    ProxyLists,
    StoredCertificate,
)

# DS_DIRECTORY_SERVICE_REQUIRED, DS_WRITABLE_REQUIRED: a read-only one sets no password
_WANTED = 0x10 | 0x1000
_RETURN_DNS_NAME = 0x40000000
_NOTIFY_AFTER_SITE_RECORDS = 0x2
_NO_MORE_ITEMS, _FILEMARK_DETECTED = 259, 1101
_DOMAIN_MEMBER = 3  # NetSetupDomainName
_PROV_SYSTEM = 10  # CERT_STORE_PROV_SYSTEM
# CERT_SYSTEM_STORE_LOCAL_MACHINE, with what policies put there; READONLY, OPEN_EXISTING
_OF_MACHINE = 0x20000 | 0x8000 | 0x4000
_X509 = 0x1  # X509_ASN_ENCODING
_PROPERTY_ONLY, _EXTENSION_ONLY = 0x4, 0x2  # CERT_FIND_*_ENHKEY_USAGE_FLAG
_NOT_FOUND = ctypes.c_long(0x80092004).value  # CRYPT_E_NOT_FOUND
_NO_PROXY, _NAMED_PROXY = 1, 3  # WINHTTP_ACCESS_TYPE_*
_AUTO_DETECT, _CONFIG_URL = 0x1, 0x2  # WINHTTP_AUTOPROXY_*
_BY_DHCP_AND_DNS = 0x3  # WINHTTP_AUTO_DETECT_TYPE_*
_MILLISECONDS = 5000


class _ProxyInfo(ctypes.Structure):
    """WINHTTP_PROXY_INFO; the texts are ours to free."""

    _fields_ = (
        ("dwAccessType", wintypes.DWORD),
        ("lpszProxy", ctypes.c_void_p),
        ("lpszProxyBypass", ctypes.c_void_p),
    )


class _PersonConfig(ctypes.Structure):
    """WINHTTP_CURRENT_USER_IE_PROXY_CONFIG; the texts are ours to free."""

    _fields_ = (
        ("fAutoDetect", wintypes.BOOL),
        ("lpszAutoConfigUrl", ctypes.c_void_p),
        ("lpszProxy", ctypes.c_void_p),
        ("lpszProxyBypass", ctypes.c_void_p),
    )


class _AutoProxyOptions(ctypes.Structure):
    """WINHTTP_AUTOPROXY_OPTIONS."""

    _fields_ = (
        ("dwFlags", wintypes.DWORD),
        ("dwAutoDetectFlags", wintypes.DWORD),
        ("lpszAutoConfigUrl", wintypes.LPCWSTR),
        ("lpvReserved", ctypes.c_void_p),
        ("dwReserved", wintypes.DWORD),
        ("fAutoLogonIfChallenged", wintypes.BOOL),
    )


class PyWin32Network:
    """Windows itself."""

    def full_computer_name(self) -> str:
        with as_os_error():
            return win32api.GetComputerNameEx(
                win32con.ComputerNamePhysicalDnsFullyQualified
            )

    def is_domain_member(self) -> bool:
        with as_os_error():
            _, status = win32net.NetGetJoinInformation()
        return bool(status == _DOMAIN_MEMBER)

    def nearest_controller(self) -> Located:
        with as_os_error():
            found: Any = win32security.DsGetDcName(flags=_WANTED | _RETURN_DNS_NAME)
        return Located(
            str(found["DomainControllerName"]),
            str(found["DomainName"]),
            str(found["ClientSiteName"] or ""),
        )

    def controllers(self, domain: str, site: str, most: int) -> Sequence[str]:
        netapi: Any = ctypes.WinDLL("netapi32")
        if not hasattr(netapi, "DsGetDcOpenW"):
            raise OSError(0, "there is no DsGetDcOpen")
        opened, names = ctypes.c_void_p(), dict[str, None]()
        _refuse(
            netapi.DsGetDcOpenW(
                ctypes.c_wchar_p(domain),
                _NOTIFY_AFTER_SITE_RECORDS,
                ctypes.c_wchar_p(site or None),
                None,
                None,
                0,  # read-only ones are not in what it asks DNS for
                ctypes.byref(opened),
            )
        )
        try:
            while len(names) < most:
                name = ctypes.c_void_p()
                status = netapi.DsGetDcNextW(opened, None, None, ctypes.byref(name))
                if status == _NO_MORE_ITEMS:
                    break
                if status == _FILEMARK_DETECTED:  # those of the site are over
                    continue
                _refuse(status)
                names[_text(name.value)] = None
                netapi.NetApiBufferFree(name)
        finally:
            netapi.DsGetDcCloseW(opened)
        return tuple(filter(None, names))

    def certificates(self, store: CertificateStore) -> Sequence[StoredCertificate]:
        with as_os_error(store.value):
            opened = win32crypt.CertOpenStore(
                _PROV_SYSTEM, 0, None, _OF_MACHINE, store.value
            )
            if opened is None:
                raise FileNotFoundError(2, "there is no such store", store.value)
            return tuple(
                StoredCertificate(bytes(each.CertEncoded), _purposes(each))
                for each in opened.CertEnumCertificatesInStore()
                if each.CertEncodingType == _X509
            )

    def machine_proxy(self) -> ProxyLists | None:
        found = _ProxyInfo()
        winhttp = _winhttp()
        _succeed(winhttp.WinHttpGetDefaultProxyConfiguration(ctypes.byref(found)))
        return _lists(found)

    def person_proxy(self) -> PersonProxy:
        found = _PersonConfig()
        winhttp = _winhttp()
        _succeed(winhttp.WinHttpGetIEProxyConfigForCurrentUser(ctypes.byref(found)))
        script = _taken(found.lpszAutoConfigUrl)
        proxies, bypass = _taken(found.lpszProxy), _taken(found.lpszProxyBypass)
        named = ProxyLists(proxies, bypass) if proxies else None
        return PersonProxy(bool(found.fAutoDetect), script, named)

    def proxy_by_script(self, url: str, script: str) -> ProxyLists | None:
        how = _AutoProxyOptions()
        if script:
            how.dwFlags, how.lpszAutoConfigUrl = _CONFIG_URL, script
        else:
            how.dwFlags, how.dwAutoDetectFlags = _AUTO_DETECT, _BY_DHCP_AND_DNS
        found = _ProxyInfo()
        with _session() as (winhttp, session):
            _succeed(
                winhttp.WinHttpGetProxyForUrl(
                    session,
                    ctypes.c_wchar_p(url),
                    ctypes.byref(how),
                    ctypes.byref(found),
                )
            )
        return _lists(found)


def _purposes(certificate: Any) -> frozenset[str] | None:
    """Give what an administrator has chosen for it, else what it says of itself."""
    for flags in (_PROPERTY_ONLY, _EXTENSION_ONLY):
        try:
            with as_os_error():
                found = certificate.CertGetEnhancedKeyUsage(flags)
        except OSError as error:
            if error.winerror != _NOT_FOUND:
                raise
        else:
            return frozenset(map(_oid, found))
    return None


def _oid(found: Any) -> str:
    return found.decode("ascii") if isinstance(found, bytes) else str(found)


def _winhttp() -> Any:
    library: Any = ctypes.WinDLL("winhttp", use_last_error=True)
    library.WinHttpOpen.restype = ctypes.c_void_p
    return library


@contextmanager
def _session() -> Iterator[tuple[Any, ctypes.c_void_p]]:
    """Open WinHTTP, so that nothing of it takes long."""
    winhttp = _winhttp()
    session = ctypes.c_void_p(
        winhttp.WinHttpOpen(ctypes.c_wchar_p("Writeback"), _NO_PROXY, None, None, 0)
    )
    _succeed(session.value)
    try:
        times = [_MILLISECONDS] * 4
        _succeed(winhttp.WinHttpSetTimeouts(session, *times))
        yield winhttp, session
    finally:
        winhttp.WinHttpCloseHandle(session)


def _lists(found: _ProxyInfo) -> ProxyLists | None:
    proxies, bypass = _taken(found.lpszProxy), _taken(found.lpszProxyBypass)
    if found.dwAccessType != _NAMED_PROXY or not proxies:
        return None
    return ProxyLists(proxies, bypass)


def _taken(text: int | None) -> str:
    """Read a text that WinHTTP made, and free it."""
    try:
        return _text(text)
    finally:
        if text:
            ctypes.WinDLL("kernel32").GlobalFree(ctypes.c_void_p(text))


def _text(place: int | None) -> str:
    return ctypes.wstring_at(place) if place else ""


def _succeed(done: object) -> None:
    """Raise what a function left behind that says no."""
    if not done:
        number = ctypes.get_last_error()
        raise OSError(0, ctypes.FormatError(number), None, number)


def _refuse(number: int) -> None:
    """Raise the error that a function gave, 0 for none."""
    if number:
        raise OSError(0, ctypes.FormatError(number), None, number)
