"""The .rpm packages, installed by rpm; on Debian, as no rpm distribution is at hand."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.paths import INSTALLER, REPOSITORY
from lab.authority import issue, make_authority
from tests.fixtures.packages import Packages, built
from tests.system.bare import OF_THE_TOOLS, ROOT, SYSTEMCTL, Bare
from tests.system.suites import SUITES
from tests.system.test_packages import paths
from tests.system.test_relay_package import PAIR, SETUP, put_pair


@pytest.fixture(scope="module")
def packages() -> Packages:
    return built()


@pytest.fixture(params=SUITES)
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Bare:
    return Bare(tmp_path, request.param)


def rpm(query: str, package: Path) -> str:
    if shutil.which("rpm") is None:
        pytest.skip("rpm is not installed")
    argv = ["rpm", "--query", "--package", query, str(package)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def test_the_rpm_holds_the_same_files(packages: Packages) -> None:
    for deb, other in (
        (packages.agent_deb, packages.agent_rpm),
        (packages.wizard_deb, packages.wizard_rpm),
        (packages.portal_deb, packages.portal_rpm),
    ):
        there = {path for path, mode in paths(deb).items() if mode[0] != "d"}
        own = {path for path in there if "/zsh/" not in path}
        assert own <= set(rpm("--list", other).splitlines())
    assert rpm("--configfiles", packages.agent_rpm).split() == [
        "/etc/default/writeback-agent"
    ]


def test_completion_is_where_each_shell_looks(packages: Packages) -> None:
    bash, name = "/usr/share/bash-completion/completions/writeback", "_writeback"
    deb = {path for path in paths(packages.agent_deb) if "ompletion" in path}
    assert deb >= {bash, f"/usr/share/zsh/vendor-completions/{name}"}
    listed = rpm("--list", packages.agent_rpm).splitlines()
    assert {bash, f"/usr/share/zsh/site-functions/{name}"} <= set(listed)
    assert not any("vendor-completions" in path for path in listed)


_STOPPED = [
    "stop writeback-agent.service writeback-setup.service writeback-rotation.timer",
    "--quiet disable writeback-agent.service writeback-rotation.timer",
]
_POLICY = "/usr/share/polkit-1/actions/org.writeback.setup1.policy"
_DAMAGED = """
import sys
from pathlib import Path
from wizard.host.systemd.package import InstalledPackage
root = Path(sys.argv[1])
rpm = ("rpm", "--root", root, "--define", "_dbpath /var/lib/rpm")
found = InstalledPackage("writeback-agent", root, rpm).damaged()
print(found and tuple(str(path.relative_to(root)) for path in found))
"""


def damaged_there(bare: Bare) -> str:
    """Have the product look with this machine's rpm, as there is none there."""
    own = ("env", f"PYTHONPATH={REPOSITORY}", sys.executable, "-c", _DAMAGED, ROOT)
    return bare.outside(*own).strip()


def rpm_on(bare: Bare, *argv: str) -> str:
    """Run this machine's rpm on it; give what was said."""
    if shutil.which("rpm") is None:
        pytest.skip("rpm is not installed")
    # no package there is an rpm: what it depends on can't be found in its list
    own = ("--define", "_dbpath /var/lib/rpm", "--nodeps")
    return bare.outside("rpm", "--root", ROOT, *own, *argv)


def test_the_relays_rpm_serves_and_says_what_it_leaves(
    packages: Packages, bare: Bare, tmp_path: Path
) -> None:
    issue(make_authority(tmp_path / "ca"), tmp_path / "leaf", ["localhost"], [])
    put_pair(tmp_path / "leaf", bare)
    rpm_on(bare, "--install", str(packages.relay_rpm))
    assert rpm_on(bare, "--verify", "writeback-relay") == ""
    program = "/usr/lib/writeback-relay/writeback-relay"
    assert bare.run("stat", "-c", "%U:%G %a", program) == "root:root 755\n"
    unit = "/usr/lib/systemd/system/writeback-relay.service"
    assert bare.run("stat", "-c", "%U:%G %a", unit) == "root:root 644\n"
    bare.run(*SETUP, *PAIR)
    data = "/var/lib/writeback-relay/relay.db"
    owned = bare.run("stat", "-c", "%U %a", data)
    assert owned == "writeback-relay 600\n"
    said = rpm_on(bare, "--erase", "writeback-relay")
    assert "stays in\n/var/lib/writeback-relay" in said
    assert data in bare.files()
    assert program not in bare.files()


def test_the_portals_rpm_is_set_up_and_says_what_it_leaves(
    packages: Packages, bare: Bare
) -> None:
    rpm_on(bare, "--install", str(packages.portal_rpm))
    assert rpm_on(bare, "--verify", "writeback-portal") == ""
    program = "/usr/lib/writeback-portal/writeback-portal"
    assert bare.run("stat", "-c", "%U:%G %a", program) == "root:root 755\n"
    named = ("--base-url", "https://p.test", "--organization", "Contoso")
    bare.run("writeback-portal", "setup", *named)
    data = "/var/lib/writeback-portal/portal.db"
    assert bare.run("stat", "-c", "%U %a", data) == "writeback-portal 600\n"
    secret = "/etc/writeback-portal/secrets/pepper"
    assert bare.run("stat", "-c", "%U %a", secret) == "root 600\n"
    said = rpm_on(bare, "--erase", "writeback-portal")
    assert "stay in\n/var/lib/writeback-portal" in said
    assert {data, secret} <= bare.files()
    assert program not in bare.files()


def test_the_rpm_is_installed_upgraded_and_erased(
    packages: Packages, bare: Bare
) -> None:
    def rpm(*argv: str) -> str:
        return rpm_on(bare, *argv)

    bare.put("/run/systemd/system/there", b"")
    # rpm gives its scripts a PATH of its own
    bare.put("/usr/bin/systemctl", SYSTEMCTL, mode=0o755)
    before = bare.files()
    package = str(packages.agent_rpm)
    rpm("--install", package)
    assert bare.run("cat", "/told").splitlines() == ["daemon-reload"]
    assert rpm("--verify", "writeback-agent") == ""
    assert bare.run("writeback-agent", "--version").strip() in package
    assert '"$defs"' in bare.run("writeback", "schema")
    assert "writeback:x:" in bare.run("getent", "passwd", "writeback")
    assert damaged_there(bare) == "()"
    bare.run("sh", "-c", f"echo changed >> {_POLICY}")
    assert damaged_there(bare) == f"('{_POLICY[1:]}',)"
    own = ("/etc/writeback/settings.yaml", "/var/lib/writeback/ledger.sqlite")
    for path in own:
        bare.put(path, b"the wizard's\n")
    bare.put("/told", b"")
    rpm("--upgrade", "--replacepkgs", package)
    assert bare.run("cat", "/told").splitlines() == [
        "daemon-reload",
        "--quiet is-active writeback-agent.service",
        "reload writeback-agent.service",
        "daemon-reload",  # after the files of the one before went
    ]
    bare.put("/told", b"")
    assert "What stays" in rpm("--erase", "writeback-agent")
    assert bare.run("cat", "/told").splitlines() == [*_STOPPED, "daemon-reload"]
    left = bare.files() - before
    assert set(own) <= left
    kept = {path for path in left if not OF_THE_TOOLS.fullmatch(path)}
    folders = {str(Path(path).parent) for path in own}
    # the folder is zsh's, which is not there
    assert kept - {*own, *folders} == {"/told", "/usr/share/zsh/site-functions"}


def test_the_rpms_scripts_go_by_numbers(packages: Packages) -> None:
    output = rpm("--scripts", packages.agent_rpm)
    assert '[ "$1" -gt 1 ]' in output
    assert '[ "$1" -eq 0 ]' in output
    assert "purge" not in output.replace("no purge", "")


@pytest.mark.parametrize(
    ("script", "stays", "asked"),
    [
        ("post", "1", ["daemon-reload"]),
        (
            *("post", "2"),
            [
                "daemon-reload",
                "--quiet is-active writeback-agent.service",
                "reload writeback-agent.service",
            ],
        ),
        ("preun", "1", []),
        (
            *("preun", "0"),
            _STOPPED,
        ),
        ("postun", "0", ["daemon-reload"]),
    ],
)
def test_what_the_scripts_of_the_rpm_ask_of_systemd(
    bare: Bare, script: str, stays: str, asked: list[str]
) -> None:
    text = (INSTALLER / "scripts/agent/rpm" / script).read_bytes()
    bare.put("/script", text, mode=0o755)
    users = "usr/lib/sysusers.d/writeback-agent.conf"
    bare.put(users, (INSTALLER / "root/agent" / users).read_bytes())
    bare.put("/run/systemd/system/there", b"")
    bare.put("/usr/local/bin/systemctl", SYSTEMCTL, mode=0o755)
    bare.put("/told", b"")
    bare.run("/script", stays)
    assert bare.run("cat", "/told").splitlines() == asked
