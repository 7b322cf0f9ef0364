"""An `except` that takes every error and goes on stands at named boundaries alone."""

import ast
from collections import Counter
from pathlib import Path

import agent

ROOT = Path(agent.__file__).parents[1]
EVERY = ("Exception", "BaseException")
PACKAGES = ("agent", "installer", "lab", "portal", "relay", "rollout", "wire", "wizard")
# what comes over a boundary may be anything; each tells of it by its kind
BOUNDARIES = {
    "agent/ldap/certificates.py": 1,  # a stranger's certificate: told as unreadable
    "agent/ldap/connection.py": 1,  # an answer in ldap3's hands: no answer
    "agent/platform/windows/event_journal.py": 1,  # an entry: the next one is written
    "agent/platform/windows/service_run.py": 1,  # a run: log and manager are told
    "agent/relay_client/listener.py": 3,  # a request: answered; what a relay does
    "agent/request/handler.py": 1,  # a request: it is audited and answered
    "agent/service/service.py": 1,  # what is done for good: begun again
    "portal/agents/pool.py": 1,  # a look at the agents: the next one comes
    "portal/notifications/sender.py": 2,  # a mail, and the queue of them: it goes on
    "portal/pages/ready.py": 1,  # a look at the database: it does not answer
    "portal/visits/administrator_watch.py": 1,  # a look at what is to be told: again
    "relay/middleware.py": 1,  # a request: the relay goes on
    "wizard/checks/side_by_side.py": 1,  # a thread: raised again in the one that waits
    "wizard/cli/main.py": 1,  # the program
    "wizard/elevation/dbus/server.py": 1,  # a message of the bus: passed over
    "wizard/elevation/dispatch.py": 1,  # a call of the service
    "wizard/permissions/coverage.py": 1,  # a thread: raised again in the one that waits
    "wizard/plan/apply.py": 3,  # a change, its roll-back, and who is told of them
    "wizard/ui/jobs/worker.py": 1,  # a thread of the window: told to the page
}


def is_broad(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind] if kind else []
    return not kinds or any(ast.unparse(each) in EVERY for each in kinds)


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Say whether it only cleans up: what came is raised again as it is."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def is_suppressed(call: ast.AST) -> bool:
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute | ast.Name)
        and ast.unparse(call.func).endswith("suppress")
        and any(
            ast.unparse(each) in ("Exception", "BaseException") for each in call.args
        )
    )


def takes_all(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return is_broad(node) and not passes_on(node)
    return is_suppressed(node)


def test_every_error_is_caught_at_the_boundaries_alone() -> None:
    found: Counter[str] = Counter()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if takes_all(node):
                    found[path.relative_to(ROOT).as_posix()] += 1
    assert found == BOUNDARIES
