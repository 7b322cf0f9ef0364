"""What the directory says becomes values and errors of ours; names stay whole."""

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import ldap3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ldap import connection, dn, filters
from agent.ldap.bounded_socket import BoundedSocket
from agent.ldap.certificates import Endpoint
from agent.ldap.controls import policy_hints, sd_flags
from agent.ldap.entry import Entry, Modification, RootDse
from agent.ldap.errors import (
    ConstraintViolation,
    Denied,
    DirectoryError,
    SignInRefused,
    TimedOut,
    Unreachable,
    refused,
    sign_in_refused,
)
from wire.secret import Secret

CANARY = "Canary-7f3a-Passw0rd!"


def test_values_are_read_as_what_they_are() -> None:
    guid = UUID("00112233-4455-6677-8899-aabbccddeeff")
    values = {
        "objectGUID": (guid.bytes_le,),
        "N": (b"12", b"13"),
        "cn": (b"Z\xc3\xbc",),
    }
    entry = Entry("CN=x", values)
    assert entry.guid("objectguid") == guid
    assert (entry.number("n"), entry.texts("N")) == (12, ("12", "13"))
    assert (entry.text("CN"), entry.text("none"), entry.raw("none")) == (
        "Zü",
        None,
        None,
    )
    assert entry.guid("cn") is None


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("a*b", "a\\2ab"),
        ("x)(mail=*", "x\\29\\28mail=\\2a"),
        ("back\\slash", "back\\5cslash"),
        ("\0", "\\00"),
        (b"\x00(\xff", "\\00\\28\\ff"),
    ],
)
def test_filter_values_are_escaped(value: str | bytes, escaped: str) -> None:
    assert filters.escape(value) == escaped


@given(st.text())
def test_an_escaped_value_ends_no_filter(value: str) -> None:
    assert not set(filters.escape(value)) & set("*()\0")


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("Sales, West", "OU=Sales\\, West"),
        (" edge ", "OU=\\ edge\\ "),
        ("#hash", "OU=\\#hash"),
        ('a"b\\c+d<e>f;g=h', 'OU=a\\"b\\\\c\\+d\\<e\\>f\\;g\\=h'),
    ],
)
def test_names_are_spelled_for_a_dn(value: str, spelled: str) -> None:
    assert dn.rdn("OU", value) == spelled


def test_controls_are_encoded() -> None:
    assert sd_flags(7).value == bytes.fromhex("3003020107")
    hints = policy_hints("1.2.840.113556.1.4.2239")
    assert (hints.critical, hints.value) == (True, bytes.fromhex("3003020101"))


def test_a_modification_shows_no_value() -> None:
    change = Modification("replace", "unicodePwd", (CANARY.encode(),))
    assert CANARY not in repr(change)


@pytest.mark.parametrize(
    ("result", "words", "kind", "win32"),
    [
        (50, "00002098: SecErr", Denied, 0x2098),
        (19, "00000056: AtrErr: DSID", ConstraintViolation, 0x56),
        (53, "0000052D: SvcErr: DSID", ConstraintViolation, 0x52D),
        (53, "no code", DirectoryError, None),
        (51, "", Unreachable, None),
        (12, "", DirectoryError, None),
    ],
)
def test_a_result_becomes_an_error_of_ours(
    result: int, words: str, kind: type[DirectoryError], win32: int | None
) -> None:
    error = refused("dc1.corp.test", result, words)
    assert type(error) is kind
    assert error.win32 == win32
    assert "dc1.corp.test" in str(error)


@pytest.mark.parametrize(
    ("data", "reason"), [("52e", "wrong"), ("775", "locked"), ("533", "disabled")]
)
def test_a_refused_sign_in_says_why(data: str, reason: str) -> None:
    words = f"80090308: LdapErr: DSID-0C09, comment: x, data {data}, v4563"
    error = sign_in_refused("dc1.corp.test", 49, words)
    assert error.data == data
    assert reason in error.what


def test_an_empty_password_is_never_sent() -> None:
    with pytest.raises(SignInRefused, match="no password"):
        connection.connect(Endpoint("dc1.corp.test", "127.0.0.1"), "svc", Secret(""))


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody else's, and it does not listen
        endpoint = Endpoint("dc1.corp.test", *closed.getsockname())
        with pytest.raises(Unreachable, match="refused") as error:
            connection.connect(endpoint, "svc", Secret(CANARY))
    assert CANARY not in repr(error.value) + str(error.value)


def test_a_name_that_leads_nowhere_is_told_as_such() -> None:
    endpoint = Endpoint("dc1.corp.invalid", None)
    with pytest.raises(Unreachable) as error:
        connection.connect(endpoint, "svc", Secret(CANARY))
    assert "invalid server address" not in str(error.value)  # ldap3's word for it
    assert "dc1.corp.invalid port 636: " in str(error.value)


def test_a_port_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = Endpoint("dc1.corp.test", "127.0.0.1", silent.getsockname()[1])
        with pytest.raises(Unreachable, match="no answer in time"):
            connection.connect(endpoint, "svc", Secret(CANARY), connect_timeout=0.2)


@pytest.mark.parametrize("waited", [True, False])
def test_what_ran_out_of_time_may_still_be_done(waited: bool) -> None:  # noqa: FBT001
    with socket.create_server(("127.0.0.1", 0)) as server:
        plain = ldap3.Server("127.0.0.1", server.getsockname()[1], get_info=ldap3.NONE)
        ldap: Any = ldap3.Connection(plain)
        ldap.open(read_server_info=False)
        accepted, _ = server.accept()
        ldap.socket = BoundedSocket(ldap.socket, 10.0)
        with accepted, connection.Connection(ldap, "dc1") as directory:
            directory.limit(0.1)
            if not waited:
                accepted.shutdown(socket.SHUT_RDWR)
            with pytest.raises(TimedOut) as error:
                directory.delete("CN=a")

    assert error.value.waited is waited


def test_a_ca_that_is_missing_is_named(tmp_path: Path) -> None:
    endpoint = Endpoint("dc1.corp.test", "127.0.0.1", 636, tmp_path / "none.pem")
    with pytest.raises(Unreachable, match="CA"):
        connection.connect(endpoint, "svc", Secret(CANARY))


def test_a_controller_says_what_it_is() -> None:
    found = RootDse.of(
        Entry(
            "",
            {
                "currentTime": (b"20261123074126.0Z",),
                "supportedCapabilities": (b"1.2.840.113556.1.4.1920",),
                "isSynchronized": (b"TRUE",),
            },
        )
    )
    assert found.current_time == datetime(2026, 11, 23, 7, 41, 26, tzinfo=UTC)
    assert (found.read_only, found.is_synchronized) == (True, True)
    assert found.is_global_catalog_ready is False
