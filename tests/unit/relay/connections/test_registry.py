"""Connections as they are counted, through every end that they may come to."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web

from relay.connections.connection import Connection, Kind
from relay.connections.limits import Limits
from relay.connections.registry import Registry
from relay.errors import Refused

LIMITS = Limits(strangers=4, strangers_per_source=2, senders=2, listeners=1)


class Http(asyncio.Protocol):
    """What the HTTP library makes for a connection."""


def admitted(registry: Registry, source: str = "192.0.2.1") -> Connection:
    connection = Connection(registry, source, Http)
    registry.admit(connection)
    connection.connection_made(asyncio.Transport())
    return connection


def request_on(connection: Connection) -> web.Request:
    return cast("web.Request", SimpleNamespace(protocol=connection.http))


async def test_each_is_counted_once_under_its_kind() -> None:
    registry = Registry(LIMITS)
    one, two = admitted(registry), admitted(registry)
    two.prove(Kind.SENDER, "acme")
    two.prove(Kind.SENDER, "acme")
    assert dict(registry.counts) == {Kind.STRANGER: 1, Kind.SENDER: 1}
    for each in (one, two, one):
        each.connection_lost(None)
    assert registry.counts.total() == 0


async def test_a_kind_that_is_full_is_refused() -> None:
    registry = Registry(LIMITS)
    admitted(registry).prove(Kind.LISTENER, "")
    other = admitted(registry)
    with pytest.raises(Refused, match="has its 1 listeners"):
        other.prove(Kind.LISTENER, "")
    assert registry.counts[Kind.STRANGER] == 1


async def test_a_request_on_a_connection_that_is_gone_is_refused() -> None:
    registry = Registry(LIMITS)
    connection = admitted(registry)
    request = request_on(connection)
    assert registry.of(request) is connection
    connection.connection_lost(None)
    with pytest.raises(Refused, match="was dropped"):
        registry.of(request)
