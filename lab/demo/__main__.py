"""`python -m lab.demo [--json]`: the whole product on the lab, seen.

On a display the wizard opens with the lab's answers offered, and after it the portal in
a browser. Without one the same journey goes through the real pages by itself: install,
a real reset through the relay, a sign-in with the new password, writeback off and on
again, and the portal's pages.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from lab import places
from lab.__main__ import down, reset, up
from lab.chroot.errors import LabError
from lab.controller import Lab
from lab.demo.offers import write_offers
from lab.demo.plot import Ground, Result, travel
from lab.demo.portal_shown import show_portal
from lab.portal.people import make_groups, self_service
from lab.relay import LabRelay
from wizard.host.sandbox.host import SandboxHost

SCREENSHOTS = places.LAB / "screenshots"
OFFERS = places.LAB / "offers.json"

Say = Callable[[str], None]


def main() -> int:
    """Try it; 0 when every part worked."""
    parser = argparse.ArgumentParser(prog="dev try")
    parser.add_argument("--json", action="store_true", help="end with one object")
    parser.add_argument("--offscreen", action="store_true", help="even on a display")
    parser.add_argument(
        "--keep", action="store_true", help="leave it set up, for ./dev writeback"
    )
    options = parser.parse_args()
    try:
        return _try(options)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def _try(options: argparse.Namespace) -> int:
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and not options.offscreen and not options.json:
        return _for_a_person()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return _by_itself(as_json=options.json, keep=options.keep)


def _for_a_person() -> int:
    from wizard.__main__ import main as wizard

    up()
    lab, relay = _lab()
    make_groups(lab)
    offered = {"mode": "custom", **self_service(lab)}
    os.environ["WRITEBACK_HOME"] = str(places.MACHINE)
    os.environ["WRITEBACK_OFFERS"] = str(write_offers(OFFERS, lab, relay, offered))
    code = wizard([])
    if SandboxHost(places.MACHINE).service().running:
        show_portal(lab, relay)
        print("The agent keeps running: ./dev try again to reconfigure it.")
    else:
        print("No agent runs.")
    print("./dev lab down ends everything; what was made is below .lab only.")
    return code


def _by_itself(*, as_json: bool, keep: bool) -> int:
    say: Say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    was_up = Lab.attach(places.INSTANCE) is not None
    try:
        with redirect_stdout(sys.stderr):
            up()
            reset()
        shutil.rmtree(SCREENSHOTS, ignore_errors=True)
        result = travel(_ground(_offer(), say))
    finally:
        OFFERS.unlink(missing_ok=True)
        if keep:
            say("It stays set up: ./dev writeback status. ./dev lab down ends it.")
        else:
            with redirect_stdout(sys.stderr):
                (reset if was_up else down)()
    _tell(result, as_json=as_json)
    return 0 if result.ok else 1


def _ground(offered: Path, say: Say) -> Ground:
    lab, relay = _lab()
    portal = places.PORTAL
    return Ground(lab, relay, portal, offered, places.MACHINE, SCREENSHOTS, say)


def _offer() -> Path:
    """Have the wizard offered what it asks, with a new enrolment code."""
    return write_offers(OFFERS, *_lab())


def _lab() -> tuple[Lab, LabRelay]:
    """Give the lab that is up."""
    lab = Lab.attach(places.INSTANCE)
    assert lab is not None
    relay = LabRelay.attach(places.RELAY, lab.address)
    assert relay is not None
    return lab, relay


def _tell(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.as_dict()))
        return
    for name, value in result.as_dict().items():
        shown = f"{len(value)} in {SCREENSHOTS}" if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):<16}{shown}")


if __name__ == "__main__":
    sys.exit(main())
