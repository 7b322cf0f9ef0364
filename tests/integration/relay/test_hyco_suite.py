"""Microsoft's own tests of hyco-https, as they are, against our relay.

They know a namespace, a connection, a rule and its key, from the environment alone;
the rule listens and sends, and port 443 is written into the package.
"""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.authority import issue, make_authority
from relay.cli.main import main
from tests.fixtures.node_package import node_package
from tests.fixtures.relay_process import relay_process
from tests.fixtures.relay_stage import relay_stage

# slow: jest takes minutes to fetch, and the streams of its tests half a minute
pytestmark = pytest.mark.slow

_SOURCES = Path(__file__).parent / "hyco_suite"
# nobody else's on this machine: the lab's controllers and relays have others
_ADDRESS = "127.0.44.3"
_CONNECTION = "hyco"
_TESTS = {"get": 1, "chunkedpost": 5, "post": 25, "pipe": 8}
# each of its tests has 5 to 10 s, which a busy machine may take for itself
_TRIES = 3


@pytest.fixture(scope="session")
def suite() -> Path:
    """Fetch package and jest; give where jest is run."""
    folder = node_package(_SOURCES, "jest.config.js", "jest").parent
    package, copied = folder / "node_modules/hyco-https", folder / "unmodified"
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(package, copied)
    return folder


async def test_microsofts_own_suite_passes_by_environment_alone(
    tmp_path: Path, suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with relay_stage(tmp_path) as stage:
        # a connection is an agent's here
        await stage.enrol(_CONNECTION)
    authority = make_authority(tmp_path / "authority")
    issue(authority, tmp_path / "azure", ["localhost"], ["127.0.0.1", _ADDRESS])
    more = ["--listen", f"{_ADDRESS}:443", "--agent-listeners", "25"]
    data = tmp_path / "data"
    with relay_process(data, tmp_path / "azure", *more):
        key = _rule(data, capsys)
        environment = {
            **os.environ,
            "NODE_EXTRA_CA_CERTS": str(authority.certificate),
            "SB_HC_NAMESPACE": _ADDRESS,
            "SB_HC_PATH": _CONNECTION,
            "SB_HC_KEYRULE": "RootManageSharedAccessKey",
            "SB_HC_KEY": key,
        }
        for file, tests in _TESTS.items():
            assert await asyncio.to_thread(_passed, suite, file, environment) == tests


def _rule(data: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Make a key with both rights."""
    words = ["rule", "add", "RootManageSharedAccessKey", "--agent", _CONNECTION]
    assert main([*words, "--listen", "--send", "--data", str(data)]) == 0
    return str(json.loads(capsys.readouterr().out)["key"])


def _passed(suite: Path, file: str, environment: dict[str, str]) -> int:
    """Run a file of tests; all of it must pass once, and gives how many they are."""
    failures = []
    for _ in range(_TRIES):
        results, said = _run(suite, file, environment)
        if results["success"]:
            return int(results["numPassedTests"])
        failures.append(said)
    pytest.fail(f"{file}, each time:\n{failures[-1][-4000:]}")


def _run(
    suite: Path, file: str, environment: dict[str, str]
) -> tuple[dict[str, Any], str]:
    jest = suite / "node_modules/jest/bin/jest.js"
    words = ["--config", str(suite / "jest.config.js"), "--runInBand", "--json"]
    done = subprocess.run(
        ["node", str(jest), *words, f"/{file}.test.js"],
        cwd=suite,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    # it writes nothing where a test of its own that is over time ends it
    results = json.loads(done.stdout) if done.stdout else {"success": False}
    return results, done.stderr
