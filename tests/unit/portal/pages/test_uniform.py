"""Before the first proof nothing tells whether somebody exists, not even time."""

import asyncio
import re
import time
from pathlib import Path
from statistics import NormalDist

import pytest

from portal.parts import TICK_S
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, Running, running
from tests.unit.portal.conftest import Registered, registered

_COUNT = 200
_CHALLENGE = re.compile("challenge&#34;: &#34;[^&]{43}&#34;")
_SIGNIFICANT = 0.001


async def _walk(browser: Browser, name: str) -> list[tuple[Answered, float]]:
    """Go through every page before the first proof, wrongly."""
    answers = []

    async def timed(work: object) -> None:
        began = time.perf_counter()
        page = await work  # type: ignore[misc]
        answers.append((page, time.perf_counter() - began))

    await timed(browser.open("/forgot"))
    await timed(browser.send(name=name))
    for path, typed in (
        ("/forgot/app", {"code": "000000"}),
        ("/forgot/recovery", {"code": "AAAA-BBBB-CCCC-DDDD"}),
        ("/forgot/passkey", {"answer": "{}"}),
        ("/forgot/email", {"address": "nobody@example.org"}),
        ("/forgot/email/code", {"code": "00000000"}),
        ("/forgot/phone", {"address": "+49 171 3920042"}),
    ):
        await timed(browser.open(path))
        await timed(browser.send(**typed))
    await timed(browser.send(code="000000"))
    await timed(browser.open("/forgot/questions"))
    await timed(browser.open("/forgot/password"))
    await timed(browser.open("/forgot/none"))
    await timed(browser.open("/not-me"))
    await timed(browser.send(code="AAAAA-AAAAA"))
    await timed(browser.open("/staff/sign-in"))
    await timed(browser.send(name=name))
    await timed(browser.send(answer="{}"))
    await timed(browser.open("/staff/passkey"))
    await timed(browser.open("/account/sign-in/code"))
    await timed(browser.send(name=name, code="AAAA-BBBB-CCCC-DDDD"))
    return answers


async def test_status_headers_and_words_are_alike(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    portal.agent.people[0].roles = ("help_desk",)
    seen: set[tuple[object, ...]] = set()
    for name in (ANNA.upn, "ben@contoso.test", "nobody@contoso.test"):
        walked = await _walk(portal.browser(f"198.51.100.{len(seen) + 1}"), name)
        seen.add(tuple(_looks(page) for page, _ in walked))
    assert len(seen) == 1


def _looks(page: Answered) -> tuple[object, ...]:
    headers = tuple(sorted(page.headers.items()))
    token = page.forms[0].fields.get("token", "") if page.forms else ""
    body = page.text.replace(token, "") if token else page.text
    body = _CHALLENGE.sub("", body)
    cookies = tuple(pair for pair in headers if pair[0] == "set-cookie")
    others = tuple(pair for pair in headers if pair[0] != "set-cookie")
    return page.status, page.path, others, len(cookies), body


# two hundred names of each kind, at the ticks that the product has; measures time
@pytest.mark.slow
async def test_time_is_alike(tmp_path: Path) -> None:
    async with running(tmp_path, tick_s=TICK_S) as portal:
        await registered(portal)
        portal.agent.people[0].roles = ("help_desk",)
        known, unknown = await _timed_walks(portal)
    steps = len(known[0])
    chances = [
        _mann_whitney([walk[step] for walk in known], [walk[step] for walk in unknown])
        for step in range(steps)
    ]
    assert min(chances) > _SIGNIFICANT / steps, chances


async def _timed_walks(portal: Running) -> tuple[list[list[float]], list[list[float]]]:
    """Let known and unknown names be typed in turn, four at a time."""
    times: tuple[list[list[float]], list[list[float]]] = ([], [])
    names = (ANNA.upn, "nobody@contoso.test")
    for number in range(_COUNT // 2):
        # each walk has tries of its own
        portal.clock.now += 86_400
        browsers = [
            portal.browser(f"198.51.{each}.{number % 250}") for each in range(4)
        ]
        # of those that a tick lets go together one is the first: each kind in turn
        kinds = [(at + number) % 2 for at in range(len(browsers))]
        walks = [
            _walk(each, names[kind]) for each, kind in zip(browsers, kinds, strict=True)
        ]
        for kind, walked in zip(kinds, await asyncio.gather(*walks), strict=True):
            times[kind].append([spent for _, spent in walked])
    return times


def _mann_whitney(first: list[float], second: list[float]) -> float:
    """Give the two-sided chance that two samples are of one distribution."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, of) in enumerate(ranked, 1) if of == 0)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    deviation = (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - NormalDist().cdf(abs(u - n * m / 2) / deviation))
