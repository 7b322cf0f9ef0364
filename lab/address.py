"""Picks a loopback address for a controller, whose ports are fixed.

Several labs share one machine: the workers of pytest, other checkouts, a chroot on
the host's network. An address is taken by binding a name in the kernel's abstract
socket space, which all of them share and which frees itself when the holder ends.
"""

import contextlib
import errno
import socket
from dataclasses import dataclass

from lab.chroot.errors import LabError
from lab.domain import ADDRESSES

LDAPS = 636


@dataclass(frozen=True, slots=True)
class Reservation:
    """An address that is ours until released, whether or not a controller runs."""

    address: str
    holder: socket.socket

    def release(self) -> None:
        self.holder.close()


def reserve(wanted: tuple[str, ...] = ADDRESSES) -> Reservation:
    """Take the first address that nobody holds and nothing serves LDAPS on."""
    for address in wanted:
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            holder.bind(f"\0writeback-lab/{address}")
        except OSError:
            holder.close()
            continue
        if _is_free(address):
            return Reservation(address, holder)
        holder.close()
    raise LabError(
        f"No free loopback address from {wanted[0]} to {wanted[-1]} for port {LDAPS}.",
        "Another lab or LDAP server holds it: stop that one.",
    )


def _is_free(address: str) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        # As Samba does: connections of a controller just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, LDAPS))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise LabError("The lab needs root for port 636.", "sudo") from error
            return False
        return True
