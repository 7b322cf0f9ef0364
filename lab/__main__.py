"""`python -m lab up|reset|down|code`: the lab as people use it."""

import argparse
import shutil
import sys
import time

from lab import places
from lab.chroot.errors import LabError
from lab.chroot.progress import Say, spoken
from lab.controller import Lab
from lab.domain import locked
from lab.portal.lab_portal import LabPortal
from lab.relay import LabRelay, write_private
from wizard.host.sandbox.host import SandboxHost


def up_if_down() -> None:
    """Start what does not run; when all does, say nothing."""
    lab = Lab.attach(places.INSTANCE)
    relay = None if lab is None else LabRelay.attach(places.RELAY, lab.address)
    if relay is None or not relay.running:
        up()


def up() -> None:
    """Start what does not run; when all does, say so at once."""
    lab = Lab.attach(places.INSTANCE)
    if lab is not None:
        relay = LabRelay.attach(places.RELAY, lab.address)
        if relay is not None and relay.running:
            print(f"The lab is up already: {_summary(lab, relay)}")
            return
    print("Starting the lab", flush=True)
    say, stands = spoken(), lab is not None
    lab = lab or _start_controller(say)
    relay = _start_relay(lab, say, again=stands)
    describe(lab, relay)
    say("ready")
    print(f"The lab is up: {_summary(lab, relay)}")
    print(f"People, accounts and passwords: {places.DESCRIPTION}")
    print("Enrolment code for an agent: ./dev lab code")


def _start_controller(say: Say) -> Lab:
    Lab.ensure_snapshot(say)
    say("starting the domain controller")
    return Lab.start(places.INSTANCE, dies_with_us=False)


def _start_relay(lab: Lab, say: Say, *, again: bool) -> LabRelay:
    """Start the one there was, with whom it knows, where its controller goes on."""
    stale = LabRelay.attach(places.RELAY, lab.address)
    say("starting the relay")
    if stale is not None:
        stale.stop()
        if again:
            stale.start(dies_with_us=False)
            return stale
    forget_portal()  # that relay does not know it
    relay = LabRelay.make(places.RELAY, lab.address, lab.authority)
    relay.start(dies_with_us=False)
    return relay


def reset() -> None:
    """Go back to the first state: people as made, no agent set up."""
    began = time.monotonic()
    lab = _running()
    print("Resetting the lab", flush=True)
    relay = LabRelay.attach(places.RELAY, lab.address)
    forget_machine()
    lab.reset()
    if relay is None:
        raise LabError("The lab has no relay.", "./dev lab down, then ./dev lab up")
    relay.reset()
    relay.start(dies_with_us=False)
    describe(lab, relay)
    print(f"The lab is as new, after {time.monotonic() - began:.1f} s.")


def down() -> None:
    """Stop agent, portal, relay and controller; what was built stays."""
    lab = Lab.attach(places.INSTANCE)
    relay = LabRelay.attach(places.RELAY, "")
    was_up = lab is not None or (relay is not None and relay.running)
    forget_machine()
    if relay is not None:
        relay.stop()
    if lab is not None:
        lab.stop()
    places.DESCRIPTION.unlink(missing_ok=True)
    print("The lab is down." if was_up else "The lab was down already.")


def forget_machine() -> None:
    """End agent and portal that were set up on the lab, and what was made for them."""
    forget_portal()
    SandboxHost(places.MACHINE).stop_service()
    shutil.rmtree(places.MACHINE, ignore_errors=True)


def forget_portal() -> None:
    """End the portal, and forget who registered there."""
    portal = LabPortal.attach(places.PORTAL)
    if portal is not None:
        portal.stop()
    shutil.rmtree(places.PORTAL, ignore_errors=True)


def code() -> None:
    """Print a new enrolment code."""
    lab = _running()
    relay = LabRelay.attach(places.RELAY, lab.address)
    if relay is None or not relay.running:
        raise LabError("The lab's relay is down.", "./dev lab up")
    print(relay.code())


def _running() -> Lab:
    lab = Lab.attach(places.INSTANCE)
    if lab is None:
        raise LabError("The lab is down.", "Start it: ./dev lab up")
    return lab


def describe(lab: Lab, relay: LabRelay) -> None:
    """Write lab.json, all that a program needs to use the lab."""
    controller = {
        "host": lab.host,
        "address": lab.address,
        "ca": str(lab.ca),
        "base_dn": lab.base_dn,
        "realm": lab.realm,
        "admin_user": lab.admin_user,
        "admin_password": lab.admin_password,
    }
    description = {
        "dc": controller,
        "relay": {"url": relay.url, "ca": str(relay.folder / "ca.pem")},
        "people": lab.people,
        "start_password": lab.start_password,
        "accounts": lab.accounts,
        "portal": str(relay.portal),
    }
    write_private(places.DESCRIPTION, description)


def _summary(lab: Lab, relay: LabRelay) -> str:
    return f"controller {lab.host} at {lab.address}, relay at {relay.url}"


def main() -> int:
    """Run one verb; exit 1 with the problem and its remedy where it fails."""
    verbs = {"up": up, "reset": reset, "down": down, "code": code}
    parser = argparse.ArgumentParser(prog="dev lab")
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("--if-down", action="store_true", help="up; else say nothing")
    options = parser.parse_args()
    act = up_if_down if options.if_down else verbs[options.verb]
    try:
        with locked(places.LAB / "verb.lock"):
            act()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
