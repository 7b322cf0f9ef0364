"""How long judging everybody takes, beside ldapsearch reading the same attributes.

What is timed is all that an administrator waits for: signing in, containers whose
inheritance is off, everybody judged. It runs as a child of its own (`python
-m lab.bench.coverage`, what to do as one line of JSON on standard input), so that the
peak of memory is the judging's own; a few people beside very many show that it stays.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from agent.active_directory.users import DETAIL
from agent.config.settings import Settings
from agent.config.settings_file import validate
from agent.ldap.filters import people_filter
from lab.agent_settings import settings_for
from lab.controller import Lab
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.plan.change import allow_all

ROUNDS = 3
FEW = 1_000
ACCOUNT = "svc-existing"
# LDAP_SERVER_SD_FLAGS_OID with 7: owner, group and DACL, as coverage asks
_SD_FLAGS = "!1.2.840.113556.1.4.801=::MAMCAQc="


@dataclass(frozen=True)
class Judging:
    """What one judging took.

    Attributes:
        peak_mb: resident memory at most, in MiB.

    """

    people: int
    seconds: float
    peak_mb: float


def measure(lab: Lab, people: int) -> dict[str, float]:
    """Fill the lab with a few people and with very many, and judge both.

    The many are judged in turns with the floor.
    """
    few = judge(lab, _filled(lab, "few", min(FEW, people)))
    settings = _filled(lab, "many", people)
    floors, judgings = [], []
    for _ in range(ROUNDS):
        floors.append(_floor(lab, settings.scope.containers[0]))
        judgings.append(judge(lab, settings))
    assert all(each.people == people for each in judgings)
    return figures(few, judgings, floors)


def figures(
    few: Judging, judgings: Sequence[Judging], floors: Sequence[float]
) -> dict[str, float]:
    """Put together what is told: medians of time, the most of memory."""
    seconds, floor = median(each.seconds for each in judgings), median(floors)
    return {
        "users": judgings[0].people,
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor, 2),
        "ratio": round(seconds / floor, 2),
        "peak_mb": round(max(each.peak_mb for each in judgings), 1),
        "few_users": few.people,
        "few_seconds": round(few.seconds, 2),
        "few_peak_mb": round(few.peak_mb, 1),
    }


def _filled(lab: Lab, name: str, people: int) -> Settings:
    """Make a container with so many people; give the settings whose scope it is."""
    container = f"OU={name.title()},OU=People,{lab.base_dn}"
    wish = {"container": container, "realm": lab.realm, "count": people, "name": name}
    lab.change_stopped("many_people.py", wish)
    return settings_for(lab, scope={"containers": [container]})


def _floor(lab: Lab, container: str) -> float:
    account = lab.accounts[ACCOUNT]
    argv = [
        *("ldapsearch", "-x", "-LLL", "-H", f"ldaps://{lab.address}"),
        *("-D", account["upn"], "-y", "/dev/stdin", "-b", container),
        *("-E", "pr=500/noprompt", "-E", _SD_FLAGS, people_filter(), *DETAIL),
    ]
    # the certificate names the host, the lab is reached by address
    env = os.environ | {"LDAPTLS_REQCERT": "never"}
    start = time.perf_counter()
    subprocess.run(
        argv,
        input=account["password"].encode(),
        stdout=subprocess.DEVNULL,
        env=env,
        check=True,
    )
    return time.perf_counter() - start


def judge(lab: Lab, settings: Settings) -> Judging:
    """Judge everybody in a process of its own."""
    account = lab.accounts[ACCOUNT]
    wish = {
        "settings": settings.model_dump(mode="json"),
        "password": account["password"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "lab.bench.coverage"],
        input=json.dumps(wish),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Judging(**json.loads(done.stdout))


def main() -> None:
    """Judge once and print what it took."""
    wish = json.loads(sys.stdin.readline())
    settings = validate(wish["settings"])
    inputs = Inputs(account_password=Secret(wish["password"]))
    with TemporaryDirectory() as home:
        controller = Controller(SandboxHost(Path(home)), allow_all)
        start = time.perf_counter()
        tally = controller.permissions.coverage(
            settings,
            inputs,
            each=lambda _judged: None,
            report=lambda _seen: None,
            stop=threading.Event(),
        )
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"people": tally.people, "seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
