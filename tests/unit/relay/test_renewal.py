"""A renewed certificate is taken up without a connection lost."""

import shutil
import signal
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest

from lab.authority import Authority, issue, make_authority
from relay.cli.main import main
from tests.fixtures.relay_process import RelayProcess, relay_process
from tests.fixtures.relay_stage import RelayStage, echo, listening_agent, until

NAMES = ["localhost", "relay.corp.test"]


def serial(relay: RelayProcess) -> str:
    """Ask which certificate a new connection is shown."""
    pem = ssl.get_server_certificate(("127.0.0.1", relay.port))
    argv = ["openssl", "x509", "-noout", "-serial"]
    done = subprocess.run(argv, input=pem, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def renewed(authority: Authority, leaf: Path) -> None:
    """Put a new certificate and key in place, each in one act."""
    issue(authority, leaf.with_name("new"), NAMES, ["127.0.0.1"])
    for ending in ("pem", "key"):
        leaf.with_name(f"new.{ending}").replace(f"{leaf}.{ending}")


@pytest.mark.parametrize("how", ["signal", "files"])
async def test_new_connections_see_it_and_old_ones_stay(
    tmp_path: Path, how: str
) -> None:
    stage = RelayStage(tmp_path)
    other = make_authority(tmp_path / "other")
    with relay_process(tmp_path / "data", stage.leaf) as relay:
        stage.port = relay.port
        agent = await stage.enrol("agent1")
        headers = stage.send_headers("agent1")
        async with listening_agent(stage, agent, echo) as linked, stage.client() as old:
            async with old.post("/agent1", data=b"1", headers=headers) as answer:
                assert answer.status == 200
            before = serial(relay)
            renewed(other, stage.leaf)
            if how == "signal":
                relay.process.send_signal(signal.SIGHUP)
            await until(lambda: "took up" in relay.log, "it is taken up")
            assert serial(relay) != before
            tls = ssl.create_default_context(cafile=str(other.certificate))
            connector = aiohttp.TCPConnector(ssl=tls)
            async with (
                aiohttp.ClientSession(stage.url, connector=connector) as new,
                new.post("/agent1", data=b"2", headers=headers) as answer,
            ):
                assert answer.status == 200
            # the connection of before trusts the authority of before alone
            async with old.post("/agent1", data=b"3", headers=headers) as answer:
                assert answer.status == 200
            assert linked.reasons == []
    stage.store.close()


async def test_a_pair_that_does_not_fit_leaves_the_one_before(tmp_path: Path) -> None:
    stage = RelayStage(tmp_path)
    with relay_process(tmp_path / "data", stage.leaf) as relay:
        before = serial(relay)
        shutil.copy(tmp_path / "ca" / "ca.key", f"{stage.leaf}.key")
        relay.process.send_signal(signal.SIGHUP)
        await until(lambda: "stays in use" in relay.log, "it is told")
        assert serial(relay) == before
        assert relay.process.poll() is None
    stage.store.close()


def test_a_renewal_hook_copies_the_pair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = make_authority(tmp_path / "ca")
    issue(authority, tmp_path / "live", NAMES, [])
    settings = tmp_path / "relay.yaml"
    settings.write_text(
        "name: relay.corp.test\ncertificate: /c\nkey: /k\n", encoding="utf-8"
    )
    words = ["certificate", "--settings", str(settings)]
    words += ["--folder", str(tmp_path / "tls")]
    pair = ["--cert", f"{tmp_path}/live.pem", "--key", f"{tmp_path}/live.key"]
    assert main([*words, *pair]) == 0
    copied = tmp_path / "tls/certificate.pem"
    assert copied.read_bytes() == (tmp_path / "live.pem").read_bytes()
    assert (tmp_path / "tls/key.pem").stat().st_mode & 0o777 == 0o640
    issue(authority, tmp_path / "wrong", ["other.test"], [])
    pair = ["--cert", f"{tmp_path}/wrong.pem", "--key", f"{tmp_path}/wrong.key"]
    assert main([*words, *pair]) == 1
    assert "is not for relay.corp.test, but for other.test" in capsys.readouterr().err
    assert copied.read_bytes() == (tmp_path / "live.pem").read_bytes()
