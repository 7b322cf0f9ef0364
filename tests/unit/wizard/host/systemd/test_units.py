"""systemd's manager with made-up answers: what is an error, and what is not."""

from typing import Any, cast

import pytest
from jeepney import HeaderFields, Message, new_error, new_method_return
from jeepney.io.blocking import DBusConnection

from wizard.host.interface import ServiceFailed
from wizard.host.systemd.units import Manager

UNIT = "writeback-agent.service"
_ENDED = {
    "ActiveState": ("s", "inactive"),
    "SubState": ("s", "dead"),
    "Job": ("(uo)", (0, "/")),
    "InvocationID": ("ay", b""),
    "MainPID": ("u", 0),
    "StatusText": ("s", ""),
    "Result": ("s", "success"),
}


class Systemd:
    """Answers as systemd does for a unit that has ended."""

    def __init__(self, reset: str = "") -> None:
        self.reset, self.asked = reset, list[str]()

    def send_and_get_reply(self, message: Message, timeout: float) -> Message:
        assert timeout
        member = message.header.fields[HeaderFields.member]
        self.asked.append(member)
        message.header.serial = len(self.asked)
        if member == "ResetFailedUnit" and self.reset:
            return new_error(message, self.reset, "s", (f"Unit {UNIT} not loaded.",))
        answers: dict[str, tuple[str, tuple[Any, ...]]] = {
            "LoadUnit": ("o", ("/unit",)),
            "StopUnit": ("o", ("/job",)),
            "GetAll": ("a{sv}", (_ENDED,)),
        }
        signature, body = answers.get(member, ("", ()))
        return new_method_return(message, signature or None, body)


def manager(systemd: Systemd) -> Manager:
    return Manager(cast("DBusConnection", systemd))


@pytest.mark.parametrize("reset", ["", "org.freedesktop.systemd1.NoSuchUnit"])
def test_a_unit_that_is_unloaded_when_it_ended_is_stopped(reset: str) -> None:
    systemd = Systemd(reset)
    manager(systemd).stop(UNIT, 5.0)
    looked = ("LoadUnit", "GetAll", "GetAll")
    assert systemd.asked == ["StopUnit", *looked, "ResetFailedUnit"]


def test_any_other_refusal_is_told() -> None:
    systemd = Systemd("org.freedesktop.DBus.Error.AccessDenied")
    with pytest.raises(ServiceFailed, match="systemd refused"):
        manager(systemd).stop(UNIT, 5.0)
