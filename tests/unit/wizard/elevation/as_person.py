"""What a window of an ordinary user's does on a server, run in that server's namespace.

Started as root, in the folder of the server's bus: the programs are not the person's to
read. It becomes the person before it connects.
"""

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from agent.config.settings_file import validate
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.elevation.remote_controller import remote_controller
from wizard.inputs import AdminCredentials, Inputs


def looks(remote: Controller, order: dict[str, Any]) -> Any:
    found = remote.installation.installed()
    plan = remote.changes.plan(validate(order["settings"]), _inputs(order))
    steps = [change.step for change in plan.changes]
    return {"ready": found is not None and found.status.ready, "plan": steps}


def installs(remote: Controller, order: dict[str, Any]) -> Any:
    settings, inputs, reports = validate(order["settings"]), _inputs(order), []
    plan = remote.changes.plan(settings, inputs)

    def report(progress: Any) -> None:
        reports.append([progress.change.step, progress.state])

    remote.changes.apply(plan, inputs, report, threading.Event())
    rows = remote.installation.verify(settings)
    found = remote.installation.installed()
    return {
        "told": reports,
        "ready": found is not None and found.status.ready,
        "failed": [[row.id, row.detail] for row in rows if row.state == "failed"],
        "handed over": remote.installation.portal_details().fingerprint != "",
    }


def elsewhere(remote: Controller, order: dict[str, Any]) -> Any:
    """Ask for containers of a controller that is not in force, where nobody listens."""
    settings = order["settings"]
    there = [{"host": "dc.evil.example", "address": "127.0.0.9"}]
    directory = settings["directory"] | {"controllers": there}
    wanted = validate(settings | {"directory": directory})
    found = remote.checks.containers(wanted.directory, Inputs(), "", threading.Event())
    return {"found": len(found.found)}


def removes(remote: Controller, order: dict[str, Any]) -> Any:
    inputs = _inputs(order)
    plan = remote.changes.plan_removal(inputs)
    remote.changes.apply(plan, inputs, lambda _: None, threading.Event())
    return {
        "removed": len(plan.changes),
        "left": remote.installation.installed() is not None,
    }


def _inputs(order: dict[str, Any]) -> Inputs:
    admin = AdminCredentials(order["admin_user"], Secret(order["admin_password"]))
    code = order.get("enrolment_code")
    return Inputs(admin, enrolment_code=Secret(code) if code else None)


WHAT: dict[str, Callable[[Controller, dict[str, Any]], Any]] = {
    "looks": looks,
    "installs": installs,
    "elsewhere": elsewhere,
    "removes": removes,
}


def main() -> None:
    number, what = int(sys.argv[1]), sys.argv[2]
    order = json.load(sys.stdin)
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=system_bus_socket"
    # what is imported when it is first of use may be root's alone to read
    remote = remote_controller()
    importlib.import_module("pydantic.dataclasses")
    os.setgroups([])
    os.setgid(number)
    os.setuid(number)
    try:
        print(json.dumps(WHAT[what](remote, order)))
    except Exception as error:  # noqa: BLE001 - told to the test
        print(json.dumps({"error": type(error).__name__, "text": str(error)}))


if __name__ == "__main__":
    main()
