"""What a Windows machine knows of where it is, over one port."""

from __future__ import annotations

import contextlib
import re
import socket
from typing import TYPE_CHECKING

from agent.platform.surroundings import Authorities, JoinedDomain
from agent.platform.windows.surroundings.proxy_list import leading_to
from agent.platform.windows.surroundings.win32_network import PersonProxy
from wire.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.platform.windows.surroundings.win32_network import NetworkCalls
    from agent.platform.windows.win32 import MachineCalls

TCP_IP = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
SEARCH_LIST = "SearchList"
VERSION, EDITION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "InstallationType"
# editions without the desktop: they open windows of a console alone, or none
_CONSOLE_ALONE = frozenset({"server core", "nano server"})
_MOST_CONTROLLERS = 100


class WindowsSurroundings:
    """The machine that this process runs on."""

    def __init__(self, machine: MachineCalls, network: NetworkCalls) -> None:
        self._machine, self._network = machine, network

    def full_name(self) -> str:
        try:
            return self._network.full_computer_name()
        except OSError:
            return socket.gethostname()

    def domain(self) -> JoinedDomain | None:
        try:
            # of a workgroup it would look for a domain for seconds
            if not self._network.is_domain_member():
                return None
            found = self._network.nearest_controller()
        except OSError:
            return None
        first = _plain(found.controller)
        others = self._controllers(_plain(found.domain), found.site)
        controllers = dict.fromkeys((first, *others))
        return JoinedDomain(_plain(found.domain), tuple(controllers), found.site)

    def _controllers(self, domain: str, site: str) -> tuple[str, ...]:
        try:
            found = self._network.controllers(domain, site, _MOST_CONTROLLERS)
        except OSError:
            return ()  # the nearest is known
        return tuple(map(_plain, found))

    def suffixes(self) -> Iterator[tuple[str, str]]:
        try:
            text = self._machine.registry_text(TCP_IP, SEARCH_LIST) or ""
        except OSError:
            return
        names = (name for name in re.split(r"[,\s]+", text) if name)
        yield from ((name, rf"{TCP_IP}\{SEARCH_LIST}") for name in names)

    def proxy(self, url: str | None = None) -> str:
        try:
            named = self._network.machine_proxy()
        except OSError:
            named = None
        if named is not None or url is None:
            return leading_to(named, url) if named else ""
        try:
            person = self._network.person_proxy()
        except OSError:
            person = PersonProxy()
        return self._by_script(url, person)

    def _by_script(self, url: str, person: PersonProxy) -> str:
        """Ask the script that the person has chosen, else give their own proxy."""
        found = person.named
        # a network's own script is asked where the person lets programs look for it
        if person.script or person.detect:
            with contextlib.suppress(OSError):  # there is none, or it can't be had
                found = self._network.proxy_by_script(url, person.script)
        return leading_to(found, url) if found else ""

    def authorities(self) -> Authorities | None:
        from agent.platform.windows.surroundings.trust_store import authorities

        try:
            return authorities(self._network)
        except OSError:
            return Authorities((), ())  # so nobody is trusted

    def unknown_authority(self) -> Text:
        return Text(
            "Windows fetches some authorities only once a program of its own meets "
            "them: have one meet it here, such as Invoke-WebRequest in PowerShell; one "
            "of your own belongs among the trusted root certification authorities of "
            "this computer, by a group policy, or its PEM file is named as ca"
        )

    def has_desktop(self) -> bool:
        try:
            text = self._machine.registry_text(VERSION, EDITION) or ""
        except OSError:
            return True
        return text.strip().lower() not in _CONSOLE_ALONE


def _plain(name: str) -> str:
    r"""Spell a name as DNS has it: Windows says \\dc1, or a dot ends it."""
    return name.removeprefix("\\\\").rstrip(".")
