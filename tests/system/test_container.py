"""The portal's container file, instruction by instruction, as there is no engine here.

Its base stands in for Debian's image; building and running by an engine is not tried.
"""

import json
import re
from pathlib import Path

import pytest

from installer.paths import INSTALLER
from portal.settings import LISTEN, SETTINGS_FILE
from tests.fixtures.packages import built_portal
from tests.system.bare import ROOT, Bare

_FILE = INSTALLER / "container/Containerfile"
# what Debian's image has not, and a bare machine has
_NO_IMAGES = ("systemd-sysusers", "systemd-tmpfiles", "systemctl")
_SECRETS = "/run/secrets/portal"
_SETTINGS = """\
base_url: https://portal.test
organization: Contoso
issuer: https://portal.test
listen: 0.0.0.0:8480
trusted_proxies: [10.0.0.0/8]
"""
# as `--read-only --cap-drop=all --security-opt=no-new-privileges` and a volume have it
_RUN = """
set -e
root=$1 user=$2 volume=$3 health=$4
shift 4
data=$(mktemp -d)
cp -a "$root$volume/." "$data"
chown --reference="$root$volume" "$data"
ip link set lo up
mount --rbind "$root" "$root"
mount --bind "$data" "$root$volume"
mount -o remount,bind,ro "$root"
inside() {
    chroot "$root" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups \
        --no-new-privs --bounding-set=-all --inh-caps=-all \
        env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"
}
inside "$@" &
server=$!
until inside $health; do
    kill -0 $server
done
inside touch /etc/written 2>&1 || true
ls -l "$data"
kill $(pgrep -P $server -x writeback-porta || echo $server)
wait $server
echo "it ended with $?"
"""


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", _FILE.read_text(), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    found = re.findall(r"^([A-Z]+) +(.*)$", joined, re.MULTILINE)
    assert {name for name, _ in found} <= {
        *("FROM", "COPY", "RUN", "USER", "VOLUME", "EXPOSE"),
        *("ENTRYPOINT", "CMD", "HEALTHCHECK"),
    }
    return found


def only(name: str) -> str:
    (value,) = [value for each, value in instructions() if each == name]
    return value


@pytest.fixture
def image(tmp_path: Path) -> Bare:
    """What the instructions make of a base without systemd."""
    bare = Bare(tmp_path)
    bare.run("rm", *(f"/usr/bin/{name}" for name in _NO_IMAGES))
    package = built_portal()
    for name, value in instructions():
        if name == "COPY":
            pattern, to = value.split()
            assert Path(package.name).match(pattern)
            bare.put(to, package.read_bytes())
        elif name == "RUN":
            bare.run("sh", "-ec", value)
    return bare


def test_it_serves_as_nobody_on_a_read_only_root(image: Bare) -> None:
    image.put(str(SETTINGS_FILE), _SETTINGS.encode())
    keys = ("setup", "--only-keys", "--secrets", _SECRETS)
    image.run("writeback-portal", *keys)
    user = only("USER")
    image.run("chown", "-R", user, _SECRETS)
    health = " ".join(json.loads(only("HEALTHCHECK").partition("CMD ")[2]))
    argv = [*json.loads(only("ENTRYPOINT")), *json.loads(only("CMD"))]
    where = (ROOT, user, only("VOLUME"), health)
    said = image.outside("sh", "-c", _RUN, "run", *where, *argv)
    assert "Read-only file system" in said
    assert re.search(r"-rw-------.* portal\.db\n", said)
    assert "it ended with 0" in said, said
    assert only("EXPOSE") == LISTEN.partition(":")[2]


def test_no_secret_and_no_root_is_in_it(image: Bare) -> None:
    uid = image.run("id", "-u", "writeback-portal").strip()
    assert only("USER") == f"{uid}:{uid}"
    owner = image.run("stat", "-c", "%u:%g %a", only("VOLUME")).strip()
    assert owner == f"{uid}:{uid} 700"
    assert image.run("ls", "/etc/writeback-portal/secrets") == ""
    assert "/tmp/portal.deb" not in image.files()
