"""The packages, as they are built: what they hold, and what they leave behind."""

import re
import subprocess
from pathlib import Path

import pytest

from installer.paths import REPOSITORY
from tests.fixtures.desktop.screen import Screen
from tests.fixtures.packages import Packages, built
from tests.system.bare import OF_THE_TOOLS, SYSTEMCTL, Bare
from tests.system.suites import SUITES


@pytest.fixture(scope="module")
def packages() -> Packages:
    return built()


@pytest.fixture(
    params=SUITES,
)
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Bare:
    return Bare(tmp_path, request.param)


def contents(package: Path) -> list[list[str]]:
    """List `mode owner size date time path [-> target]` of each thing in a .deb."""
    argv = ["dpkg-deb", "--contents", str(package)]
    output = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return [line.split() for line in output.splitlines()]


def paths(package: Path) -> dict[str, str]:
    return {row[5].removeprefix("."): row[0] for row in contents(package)}


def test_packages_are_no_larger_than_aimed_at(packages: Packages) -> None:
    for package in (packages.agent_deb, packages.agent_rpm):
        # of which the guide with its pictures 0.6 MB, that in four other languages
        # and their catalogs 0.9 MB
        assert package.stat().st_size < 22_000_000
    for package in (packages.wizard_deb, packages.wizard_rpm):
        assert package.stat().st_size < 70_000_000


def test_the_agents_package_has_its_files_where_they_belong(
    packages: Packages,
) -> None:
    found = paths(packages.agent_deb)
    for path in (
        *("/usr/lib/writeback-agent/writeback-agent", "/usr/bin/writeback"),
        *(
            "/usr/lib/systemd/system/writeback-agent.service",
            "/usr/bin/writeback-agent",
        ),
        *("/usr/lib/sysusers.d/writeback-agent.conf", "/etc/default/writeback-agent"),
        *("/usr/share/man/man1/writeback.1.gz", "/usr/share/doc/writeback-agent/"),
        *("/usr/share/man/man8/writeback-agent.8.gz",),
        *("/usr/share/bash-completion/completions/writeback",),
        *("/usr/share/doc/writeback-agent/copyright",),
        *("/usr/share/doc/writeback-agent/sbom.cdx.json",),
        *("/usr/share/doc/writeback-agent/site.yaml",),
        *("/usr/share/writeback/guide/en/index.html",),
        *("/usr/share/writeback/guide/en/_images/relay.png",),
        *("/usr/share/writeback/guide/de/codes.html",),
        *("/usr/lib/writeback-agent/writeback-setupd",),
        *("/usr/lib/systemd/system/writeback-setup.service",),
        *("/usr/lib/systemd/system/writeback-rotation.service",),
        *("/usr/lib/systemd/system/writeback-rotation.timer",),
        *("/usr/share/dbus-1/system-services/org.writeback.Setup1.service",),
        *("/usr/share/dbus-1/system.d/org.writeback.Setup1.conf",),
        *("/usr/share/polkit-1/actions/org.writeback.setup1.policy",),
    ):
        assert path in found


def test_the_wizards_package_has_its_files_where_they_belong(
    packages: Packages,
) -> None:
    found = paths(packages.wizard_deb)
    for path in (
        *("/usr/lib/writeback-wizard/writeback-wizard", "/usr/bin/writeback-wizard"),
        *("/usr/share/applications/org.writeback.Wizard.desktop",),
        *("/usr/share/icons/hicolor/scalable/apps/org.writeback.Wizard.svg",),
        *("/usr/share/man/man1/writeback-wizard.1.gz",),
    ):
        assert path in found
    plugins = [path for path in found if "/Qt/plugins/platforms/" in path]
    names = {Path(path).stem for path in plugins if not path.endswith("/")}
    assert names == {"libqxcb", "libqwayland", "libqoffscreen"}


@pytest.mark.parametrize("which", ["agent_deb", "wizard_deb"])
def test_all_is_roots_and_nobody_else_may_write(packages: Packages, which: str) -> None:
    for mode, owner, *_, path in (
        row[:6] for row in contents(getattr(packages, which))
    ):
        assert owner == "root/root", path
        assert mode in ("l---------", "drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"), path


def test_no_qt_no_test_and_no_window_in_the_agents_package(packages: Packages) -> None:
    words = re.compile(
        r"qt|pyside|shiboken|pytest|/tests?/|wizard/ui|/installer/|\.py$|/record$"
    )
    assert [p for p in paths(packages.agent_deb) if words.search(p.lower())] == []


@pytest.mark.parametrize("which", ["agent_deb", "wizard_deb"])
def test_nothing_names_the_machine_that_built(
    packages: Packages, which: str, tmp_path: Path
) -> None:
    argv = ["dpkg-deb", "-R", str(getattr(packages, which)), str(tmp_path)]
    subprocess.run(argv, check=True)
    # the work tree, and where it was built inside the root
    words = [str(REPOSITORY).encode(), b"/opt/tools", b"/build/src", b"/build/frozen"]
    output = [
        (str(path.relative_to(tmp_path)), word)
        for path in tmp_path.rglob("*")
        if path.is_file() and not path.is_symlink()
        for word in words
        if word in path.read_bytes()
    ]
    assert output == []


def test_on_a_bare_debian_the_programs_run(packages: Packages, bare: Bare) -> None:
    bare.put("/agent.deb", packages.agent_deb.read_bytes())
    bare.run("dpkg", "--install", "/agent.deb")
    version = bare.run("dpkg-query", "-W", "-f", "${Version}", "writeback-agent")
    assert bare.run("writeback-agent", "--version").strip() == version
    assert '"$defs"' in bare.run("writeback", "schema")
    # everything the service needs is imported for this
    output = bare.run("writeback-agent", "check", fails=True)
    assert "settings.yaml" in output
    assert "Traceback" not in output
    assert "writeback:x:" in bare.run("getent", "passwd", "writeback")
    assert bare.run("systemd-analyze", "--version")  # its own libraries, not ours


def test_the_wizard_installs_with_no_network_and_says_what_it_lacks(
    packages: Packages, bare: Bare
) -> None:
    for name in ("agent_deb", "wizard_deb"):
        bare.put(f"/{name}.deb", getattr(packages, name).read_bytes())
    refused = bare.run("dpkg", "--install", "/wizard_deb.deb", fails=True)
    assert "writeback-wizard depends on writeback-agent" in refused
    bare.run("dpkg", "--purge", "writeback-wizard")
    bare.run("dpkg", "--install", "/agent_deb.deb")
    before = bare.files()
    bare.run("dpkg", "--install", "/wizard_deb.deb")
    output = bare.run("writeback-wizard", "--home", "/trial", fails=True)
    assert "use the command writeback" in output
    bare.run("dpkg", "--purge", "writeback-wizard")
    left = bare.files() - before
    assert {path for path in left if not OF_THE_TOOLS.fullmatch(path)} == set()


def test_the_packaged_wizard_opens_its_window(
    packages: Packages, tmp_path: Path
) -> None:
    for package in (packages.agent_deb, packages.wizard_deb):
        subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path)], check=True)
    program = tmp_path / "usr/lib/writeback-wizard/writeback-wizard"
    argv = [str(program), "--home", str(tmp_path / "home")]
    with (
        Screen.open() as screen,
        subprocess.Popen(argv, env=screen.environment) as wizard,
    ):
        try:
            screen.find_window("Writeback")
            screen.wait_for("Set up password writeback")
            screen.press_to("Return", "Express or customize")
            assert wizard.poll() is None
        finally:
            wizard.kill()


@pytest.mark.parametrize("certificate", [True, False])
def test_purge_leaves_nothing_and_removal_what_is_the_administrators(
    packages: Packages,
    bare: Bare,
    certificate: bool,  # noqa: FBT001 - a parameter
) -> None:
    before = bare.files()
    bare.put("/agent.deb", packages.agent_deb.read_bytes())
    bare.run("dpkg", "--install", "/agent.deb")
    own = (
        *("/etc/writeback/settings.yaml", "/etc/writeback/settings.v1.yaml"),
        *("/etc/writeback/enrolment.json", "/etc/writeback/.settings.yaml.abcdefgh"),
        *("/etc/writeback/credentials/agent-keys.cred",),
        "/var/lib/writeback/journal/1.json",
    )
    drop_ins = "/etc/systemd/system/writeback-agent.service.d"
    drop_in, another = f"{drop_ins}/10-credentials.conf", f"{drop_ins}/site.conf"
    for path in (*own, drop_in, "/var/log/writeback/audit.jsonl"):
        bare.put(path, b"the wizard's\n")
    theirs = (another, *("/etc/writeback/relay.pem" for _ in range(certificate)))
    for path in theirs:
        bare.put(path, b"an administrator's own\n")
    bare.run("dpkg", "--remove", "writeback-agent")
    assert bare.files().issuperset({*own, drop_in, "/etc/default/writeback-agent"})
    assert "/usr/lib/writeback-agent" not in bare.files()
    assert "writeback:x:" in bare.run("getent", "passwd", "writeback")
    bare.run("dpkg", "--purge", "writeback-agent")
    left = bare.files() - before - {"/agent.deb"}
    kept = {path for path in left if not OF_THE_TOOLS.fullmatch(path)}
    assert kept == {drop_ins, *("/etc/writeback" for _ in range(certificate)), *theirs}
    for kind in ("passwd", "group", "shadow"):
        assert "writeback" not in bare.run("getent", kind)


def test_an_upgrade_hands_over_and_nothing_is_started_or_stopped(
    packages: Packages, bare: Bare
) -> None:
    bare.put("/agent.deb", packages.agent_deb.read_bytes())
    bare.put("/run/systemd/system/there", b"")
    bare.put("/usr/local/bin/systemctl", SYSTEMCTL, mode=0o755)
    bare.run("dpkg", "--install", "/agent.deb")
    assert bare.run("cat", "/told").splitlines() == ["daemon-reload"]
    bare.put("/told", b"")
    bare.run("dpkg", "--install", "/agent.deb")
    assert bare.run("cat", "/told").splitlines() == [
        "daemon-reload",
        "--quiet is-active writeback-agent.service",
        "reload writeback-agent.service",
    ]
    bare.put("/told", b"")
    bare.run("dpkg", "--remove", "writeback-agent")
    assert bare.run("cat", "/told").splitlines() == [
        "stop writeback-agent.service writeback-setup.service writeback-rotation.timer",
        "--quiet disable writeback-agent.service writeback-rotation.timer",
        "daemon-reload",
    ]


def test_without_systemd_sysusers_the_user_is_made_all_the_same(
    packages: Packages, bare: Bare
) -> None:
    bare.put("/agent.deb", packages.agent_deb.read_bytes())
    bare.run("mv", "/usr/bin/systemd-sysusers", "/usr/bin/away")
    bare.run("dpkg", "--install", "/agent.deb")
    user = bare.run("getent", "passwd", "writeback").strip().split(":")
    assert user[5:] == ["/var/lib/writeback", "/usr/sbin/nologin"]
    assert "writeback:x:" in bare.run("getent", "group", "writeback")
