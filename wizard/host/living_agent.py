"""Whether the agent still answers: what it last wrote of itself may be long past.

An agent that is frozen, as a process or with its machine, can't write that it is.
"""

import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from wizard.host.interface import Service

# a monitor waits for 10 s, and an agent that is only busy answers within that
ANSWER_S = 5.0
_ASK = b"GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n"


def running_service(read: Callable[[], Mapping[str, Any]], pid: int) -> Service:
    """Give a service that runs, by what its agent says of itself, once it was asked.

    `read` gives what it last said. One that took over meanwhile says where it is asked.
    """
    status = read()
    answers = _answers(status)
    if not answers and _where(again := read()) != _where(status):
        status, answers = again, _answers(again)
    return Service(running=True, status=status, pid=pid, answers=answers)


def _where(status: Mapping[str, Any]) -> tuple[Any, Any]:
    return status.get("pid"), status.get("port")


def _answers(status: Mapping[str, Any]) -> bool:
    """Say whether its status port answers in time; one without a port is not asked.

    A byte is an answer, and so is an end: it turns away a client too many, and what is
    frozen does neither.
    """
    port = status.get("port")
    if not isinstance(port, int) or not 0 < port < 65536:
        return True
    deadline = time.monotonic() + ANSWER_S
    try:
        with socket.create_connection(("127.0.0.1", port), ANSWER_S) as asked:
            asked.settimeout(max(deadline - time.monotonic(), 0.001))
            asked.sendall(_ASK)
            asked.recv(1)
    except ConnectionResetError:
        return True
    except OSError:  # nobody listens, or who does is silent
        return False
    return True
