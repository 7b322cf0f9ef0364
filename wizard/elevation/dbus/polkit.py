"""Who may: polkit is asked about the sender of a call, and nobody else decides.

The interface is org.freedesktop.PolicyKit1.Authority. No answer means no.
"""

import contextlib
import pwd
from collections.abc import Mapping

from jeepney import DBusAddress, DBusErrorResponse, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from wire.text import Text
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.methods import Action

_POLKIT = DBusAddress(
    "/org/freedesktop/PolicyKit1/Authority",
    bus_name="org.freedesktop.PolicyKit1",
    interface="org.freedesktop.PolicyKit1.Authority",
)
_INTERACTIVE = 1  # AllowUserInteraction: a password may be asked for
# polkit's own actions: who watches must have been let in to look, or need no password
ACTIONS: Mapping[Action, str] = {
    "look": "org.writeback.look",
    "watch": "org.writeback.look",
    "change": "org.writeback.change",
}
_REPLY_S = 10.0
_TYPING_S = 300.0  # a person types a password meanwhile


def let_in(sender: str, action: Action) -> str:
    """Have polkit let a caller in; give the name of the person, or raise NotAllowed.

    `sender` is the caller's unique name on the bus, which nobody else can take.
    """
    try:
        with _connected() as bus:
            ask = new_method_call(
                _POLKIT,
                "CheckAuthorization",
                "(sa{sv})sa{ss}us",
                (
                    ("system-bus-name", {"name": ("s", sender)}),
                    ACTIONS[action],
                    {},
                    0 if action == "watch" else _INTERACTIVE,
                    "",
                ),
            )
            answer = unwrap_msg(bus.send_and_get_reply(ask, timeout=_TYPING_S))
            number = _user(bus, sender)
    except (DBusErrorResponse, OSError) as error:
        what = Text("polkit can't be asked: {why}.", why=_words(error))
        raise NotAllowed(what) from error
    match answer:
        case ((True, _, _),):
            return _person(number)
        case ((_, True, _),) if action == "watch":
            raise NotAllowed(Text("The time is over for which looking was allowed."))
        case ((_, True, _),):
            raise NotAllowed(
                Text("An administrator must allow this, and can't be asked.")
            )
    raise NotAllowed(Text("This needs an administrator of this machine."))


def user_of(sender: str) -> int:
    """Give the number of a caller's account; NotReached where the bus does not tell."""
    try:
        with _connected() as bus:
            return _user(bus, sender)
    except (DBusErrorResponse, OSError) as error:
        what = Text("The bus does not say who asks: {why}.", why=_words(error))
        raise NotReached(what) from error


def _connected() -> contextlib.closing[DBusConnection]:
    """Connect anew: it may wait while others are answered, and hears no calls."""
    return contextlib.closing(open_dbus_connection("SYSTEM", auth_timeout=_REPLY_S))


def _user(bus: DBusConnection, sender: str) -> int:
    question = message_bus.GetConnectionUnixUser(sender)
    (number,) = unwrap_msg(bus.send_and_get_reply(question, timeout=_REPLY_S))
    return int(number)


def _person(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _words(error: Exception) -> str:
    if isinstance(error, DBusErrorResponse):
        return str(error.name)
    return str(getattr(error, "strerror", None) or "no answer came in time")
