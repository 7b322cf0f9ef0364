"""A DNS server on loopback for the SRV records of one domain."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from wizard import discovery

SRV = "_ldap._tcp.dc._msdcs.corp.test."
# priority, weight, port, target
RECORDS: tuple[str, ...] = (
    "10 1 389 dc2.corp.test.",
    "0 5 389 dc3.corp.test.",
    "0 9 389 dc1.corp.test.",
)


class Names:
    """A DNS server on loopback that knows the controllers of one domain."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.records = RECORDS
        self.silent = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        while True:
            data, asker = self.socket.recvfrom(4096)
            if not data:
                return
            answer = self._answer(dns.message.from_wire(data))
            if not self.silent:
                self.socket.sendto(answer.to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        name = query.question[0].name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name == SRV:
            answer.answer.append(
                dns.rrset.from_text_list(name, 60, "IN", "SRV", self.records)
            )
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def stop(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """Have the resolver of this process ask a server of our own, and wait for it.

    The product gives DNS 3 s, in which a busy machine may not turn to that server.
    """
    server = Names()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    resolver.timeout = 60.0  # it is asked once
    monkeypatch.setattr(discovery, "_LIFETIME_S", resolver.timeout)
    try:
        yield server
    finally:
        server.stop()
