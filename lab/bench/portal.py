"""How long people wait at the portal, beside the agent's own time in the same run.

The portal serves as its owner runs it, over TLS; the people are a process of their own
(`tests/fixtures/portal/crowd.py`). The floor of a start is a server of one page on the
same stack that asks nobody.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from lab import process
from lab.bench.figures import percentiles
from lab.controller import Lab
from lab.places import REPOSITORY
from lab.portal.lab_portal import LabPortal
from lab.sandbox import Sandbox, sandbox

PEOPLE, SAMPLES, LOOKUPS, STARTS = 50, 100, 500, 5
# what is aimed at: milliseconds beside the agent's own, and MiB
AIM_ADDS_MS, AIM_MB = 25.0, 120.0
_NO_LIMIT = 100_000
_FAMILIES = (".adler", ".brandt", ".costa")
_BARE = Path(__file__).with_name("bare_site.py")
_KIB, _POLL_S = 1024.0, 0.005


def measure(lab: Lab, folder: Path) -> dict[str, float]:
    """Install an agent, serve a portal for it, and send people there.

    The domain's minimum age of passwords must be 0.
    """
    with sandbox(lab, folder / "stage") as whole:
        _install(whole)
        details = whole.controller.installation.portal_details()
        portal = LabPortal.make(folder / "portal", whole.relay, lab.authority)
        # people come from addresses of their own, as behind a proxy
        portal.know(
            whole.relay,
            details.agent,
            details.fingerprint,
            trusted_proxies=["127.0.0.0/8"],
        )
        starts = [_first_page(portal) for _ in range(STARTS)]
        portal.start(dies_with_us=True)
        try:
            measured = _crowd(portal, _names(lab))
            peak_kb = _peak_kb(portal.pid)
        finally:
            portal.stop()
        agent = _agent_ms(whole.host.places.audit)
    return figures(measured, agent, peak_kb, starts)


def figures(
    measured: Mapping[str, Any],
    agent: Mapping[str, float],
    peak_kb: float,
    starts: Sequence[tuple[float, float]],
) -> dict[str, float]:
    """Put together what is told.

    Args:
        measured: what the crowd says.
        agent: the agent's own milliseconds, by the reference of the answer.
        peak_kb: what the portal's process had in memory at most, KiB.
        starts: milliseconds to the first page, and of the floor beside it.

    """
    one_by_one, at_once = measured["one_by_one"], measured["at_once"]
    button = [each["ms"] for each in one_by_one]
    own = [agent[each["reference"]] for each in one_by_one]
    adds = [whole - part for whole, part in zip(button, own, strict=True)]
    rows = {
        **_rows("button", button),
        **_rows("agent", own),
        **_rows("adds", adds),
        "adds_aim_ms": AIM_ADDS_MS,
        # of medians: other work on the machine falls on both
        "adds_ratio": median(adds) / median(own),
        "people": len(at_once),
        **_rows("at_once", [each["ms"] for each in at_once]),
        "at_once_visits_s": measured["visits_s"],
        "lookups_per_s": measured["lookups_per_s"],
        "memory_mb": measured["resident_kb"] / _KIB,
        "memory_peak_mb": peak_kb / _KIB,
        "memory_aim_mb": AIM_MB,
        "first_page_ms": median(each for each, _ in starts),
        "first_page_floor_ms": median(floor for _, floor in starts),
    }
    rows["first_page_ratio"] = rows["first_page_ms"] / rows["first_page_floor_ms"]
    return {f"portal_{name}": round(value, 2) for name, value in rows.items()}


def _rows(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}_{row}_ms": ms for row, ms in percentiles(values).items()}


def _install(whole: Sandbox) -> None:
    limits = dict.fromkeys(
        ("per_minute", "checks_per_minute", "people_per_five_minutes"), _NO_LIMIT
    )
    settings = whole.settings(
        limits={**limits, "per_user_per_hour": 1000, "proofs": 0},
        self_service={"who": "all"},
    )
    plan = whole.controller.changes.plan(settings, whole.inputs)
    apply = whole.controller.changes.apply
    apply(plan, whole.inputs, lambda _: None, threading.Event())


def _names(lab: Lab) -> list[str]:
    """Name people whom nothing stands in the way of."""
    found = [
        each["upn"] for each in lab.people.values() if each["sam"].endswith(_FAMILIES)
    ]
    return found[:PEOPLE]


def _crowd(portal: LabPortal, people: list[str]) -> dict[str, Any]:
    wish = {
        "address": portal.listen,
        "base_url": portal.url,
        "ca": str(portal.folder / "ca.pem"),
        "database": str(portal.database),
        "pid": portal.pid,
        "people": people,
        "password": Lab.start_password,
        "samples": SAMPLES,
        "lookups": LOOKUPS,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.fixtures.portal.crowd"],
        input=json.dumps(wish),
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _agent_ms(audit: Path) -> dict[str, float]:
    records = map(json.loads, audit.read_text().splitlines())
    return {
        each["id"]: each["ms"]["total"]
        for each in records
        if each["op"] == "reset" and each["code"] == "ok"
    }


def _peak_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith("VmHWM"))


def _first_page(portal: LabPortal) -> tuple[float, float]:
    """Start the portal, and the floor, each until its first page is there."""
    key, certificate = portal.folder / "server.key", portal.folder / "server.pem"
    bare = [sys.executable, str(_BARE), portal.listen, str(certificate), str(key)]
    return _until_page(portal.serving, portal), _until_page(bare, portal)


def _until_page(argv: list[str], portal: LabPortal) -> float:
    began = time.perf_counter()
    server = process.start(argv, portal.log, dies_with_us=True)
    try:
        while True:
            try:
                portal.first_page()
            except OSError:
                assert server.alive, portal.log.read_text()[-2000:]
                time.sleep(_POLL_S)
            else:
                return (time.perf_counter() - began) * 1000
    finally:
        server.stop()
