"""How much a relay takes on, of what the system gives it."""

import subprocess
import sys

import pytest

from relay.connections.limits import Limits, source_of


@pytest.mark.parametrize("descriptors", [64, 256, 1024, 4096, 65_536])
def test_all_kinds_together_stay_within_the_descriptors(descriptors: int) -> None:
    limits = Limits.within(descriptors)
    total = limits.strangers + limits.senders + limits.listeners
    assert total <= descriptors
    assert limits.strangers_per_source <= limits.strangers
    assert limits.listeners >= limits.strangers


def test_a_stranger_has_the_documented_times() -> None:
    limits = Limits.within(1024)
    assert (limits.header_s, limits.body_s) == (10.0, 15.0)


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_who_is_counted_together(host: str, source: str) -> None:
    assert source_of(host) == source


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_the_descriptors_are_raised_as_far_as_the_system_allows() -> None:
    program = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 900))\n"
        "from relay.connections.limits import raise_descriptors\n"
        "print(raise_descriptors(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["900", "900"]
