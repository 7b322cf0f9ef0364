"""`writeback-agent check`: what the service needs, proven under its own account."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import aiohttp

from agent.active_directory import users
from agent.config.agent_config import AgentConfig, load
from agent.config.errors import SettingsError
from agent.config.secret_store import Secrets
from agent.ldap.connection import connect
from agent.ldap.errors import DirectoryError, Untrusted
from agent.platform.installed import Installed
from agent.relay_client.errors import reason_for_failure
from agent.service.assembly import relay_endpoint, target
from agent.system.paths import Paths
from wire.http_session import http_session
from wire.text import EMPTY, Text, verbatim

_RELAY_S = 10.0
_WIZARD = Text("run the wizard")


@dataclass(frozen=True)
class CheckResult:
    """One thing that was tried; the shape the wizard shows.

    `more` is long text, such as the chain of a certificate; `ms` how long it took.
    """

    id: str
    title: Text
    state: Literal["ok", "failed", "warning"]
    detail: Text = EMPTY
    remedy: Text = EMPTY
    more: str = ""
    ms: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return asdict(self)


def check(places: Paths, kept: Secrets | None = None) -> tuple[CheckResult, ...]:
    """Try everything the service needs; SettingsError where it could not even start."""
    config = load(places, kept)
    readable = CheckResult("secrets", Text("Secrets readable by this account"), "ok")
    return (readable, *_controllers(config), _relay(config))


def read_back(installed: Installed, places: Paths) -> tuple[CheckResult, ...]:
    """Look at what is set up on this machine, whatever the settings say."""
    return tuple(
        CheckResult(each.id, each.title, each.state, each.detail, each.remedy)
        for each in installed.findings(places)
    )


def unusable(error: SettingsError) -> tuple[CheckResult, ...]:
    """Say what is wrong with what the service starts from."""
    return tuple(
        CheckResult("settings", verbatim(each.path), "failed", each.message, _WIZARD)
        for each in error.problems
    )


def _controllers(config: AgentConfig) -> tuple[CheckResult, ...]:
    wanted = target(config)
    results = []
    for endpoint in wanted.endpoints:
        began = time.perf_counter()
        title = Text("Sign-in at {host}", host=endpoint.host)
        try:
            directory = connect(endpoint, wanted.user, wanted.password)
        except DirectoryError as error:
            results.append(_failed("sign_in", title, error, began))
            continue
        try:
            root = directory.root()
            results.append(_ok("sign_in", title, verbatim(root.dns_host_name), began))
            if config.settings.directory.policy_hints:
                offered = users.hints_of(root, wanted=True) is not None
                results.append(_hints(endpoint.host, offered=offered))
        except DirectoryError as error:
            results.append(_failed("sign_in", title, error, began))
        finally:
            directory.close()
    return tuple(results)


def _hints(host: str, *, offered: bool) -> CheckResult:
    title = Text("Policy hints at {host}", host=host)
    if offered:
        return CheckResult("policy_hints", title, "ok")
    detail = Text("not offered: history and minimum age do not count for resets")
    remedy = Text("update the controller")
    return CheckResult("policy_hints", title, "warning", detail, remedy)


_CHECK_RELAY = Text("check the address, the proxy, port 443 and the certificate")


def _relay(config: AgentConfig) -> CheckResult:
    began = time.perf_counter()
    url = config.enrolment.relay_url
    title = Text("Relay at {url}", url=url)
    try:
        status = asyncio.run(_ask(config, url))
    except (OSError, TimeoutError, aiohttp.ClientError) as error:
        why = reason_for_failure(error)
        remedy = why.remedy or _CHECK_RELAY
        return CheckResult("relay", title, "failed", why.what, remedy, ms=_since(began))
    return _ok("relay", title, verbatim(f"HTTP {status}"), began)


async def _ask(config: AgentConfig, url: str) -> int:
    endpoint = relay_endpoint(config)
    limit = aiohttp.ClientTimeout(total=_RELAY_S)
    async with (
        http_session(limit) as session,
        session.get(
            url,
            ssl=endpoint.tls_context(),
            proxy=endpoint.proxy,
            proxy_headers=endpoint.proxy_headers,
        ) as answer,
    ):
        return answer.status


def _ok(name: str, title: Text, detail: Text, began: float) -> CheckResult:
    return CheckResult(name, title, "ok", detail, ms=_since(began))


def _failed(name: str, title: Text, error: DirectoryError, began: float) -> CheckResult:
    more = ""
    if isinstance(error, Untrusted):
        more = "\n".join(f"{each.subject} ({each.sha256})" for each in error.chain)
    return CheckResult(
        name, title, "failed", error.what, error.remedy, more, _since(began)
    )


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def as_table(findings: tuple[CheckResult, ...], line: Callable[[str], None]) -> None:
    """Say the findings in words, one a line."""
    for each in findings:
        text = f"{each.state:8}{each.title}"
        if each.detail:
            text += f": {each.detail}"
        if each.remedy:
            text += f"; {each.remedy}"
        line(text + (f" ({each.ms:.0f} ms)" if each.ms is not None else ""))
