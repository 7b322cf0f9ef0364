"""How long judging everybody takes, beside ldapsearch reading the same attributes.

Runs itself as a child to judge (`python -m tests.bench.coverage`, what to do as one
line of JSON on standard input), so that the peak of memory is the judging's own.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from agent.accounts import DETAIL, PEOPLE
from agent.coverage import Sight, Tally, cover
from agent.directory import Directory, Endpoint, connect
from agent.domain import Domain
from agent.pool import Warm
from agent.secret import Secret
from agent.settings import Settings, validate
from tests.lab import Lab
from tests.live.agent_stage import settings_for

ROUNDS = 3
ACCOUNT = "svc-existing"
# LDAP_SERVER_SD_FLAGS_OID with 7: owner, group and DACL, as coverage asks
_SD_FLAGS = "!1.2.840.113556.1.4.801=::MAMCAQc="
_RECEIVE_S = 120.0


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
    """Fill the lab with a crowd and judge it, in turns with the floor."""
    container = f"OU=Crowd,OU=People,{lab.base_dn}"
    wish = {"container": container, "realm": lab.realm, "count": people}
    lab.change_stopped("crowd.py", wish)
    settings = settings_for(lab, scope={"containers": [container]})
    floors, judgings = [], []
    for _ in range(ROUNDS):
        floors.append(_floor(lab, container))
        judgings.append(_in_a_child(lab, settings))
    assert all(each.people == people for each in judgings)
    seconds, floor = median(each.seconds for each in judgings), median(floors)
    return {
        "users": people,
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor, 2),
        "ratio": round(seconds / floor, 2),
        "peak_mb": round(max(each.peak_mb for each in judgings), 1),
    }


def _floor(lab: Lab, container: str) -> float:
    account = lab.accounts[ACCOUNT]
    argv = [
        *("ldapsearch", "-x", "-LLL", "-H", f"ldaps://{lab.address}"),
        *("-D", account["upn"], "-y", "/dev/stdin", "-b", container),
        *("-E", "pr=500/noprompt", "-E", _SD_FLAGS, f"(&{PEOPLE})", *DETAIL),
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


def _in_a_child(lab: Lab, settings: Settings) -> Judging:
    account = lab.accounts[ACCOUNT]
    given = {
        "settings": settings.model_dump(mode="json"),
        "password": account["password"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.coverage"],
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Judging(**json.loads(done.stdout))


def main() -> None:
    """Judge once and print what it took."""
    given = json.loads(sys.stdin.readline())
    settings = validate(given["settings"])
    tally, start = Tally(), time.perf_counter()
    with (
        _opened(settings, given["password"]) as pages,
        _opened(settings, given["password"]) as facts,
    ):
        warm, domain = Warm(facts, facts.root()), Domain(settings)
        sight = Sight(pages, warm, domain, settings.scope, settings.features)
        for judged in cover(sight):
            tally.add(judged.verdict)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"people": tally.people, "seconds": seconds, "peak_mb": peak}))


def _opened(settings: Settings, password: str) -> Directory:
    directory = settings.directory
    one = directory.controllers[0]
    endpoint = Endpoint(one.host, one.address, directory.port, Path(directory.ca or ""))
    user = directory.sign_in_name
    return connect(endpoint, user, Secret(password), receive_timeout=_RECEIVE_S)


if __name__ == "__main__":
    main()
