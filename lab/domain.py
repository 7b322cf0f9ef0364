"""The domain corp.test: provisioned and peopled once, kept as a snapshot to copy."""

import contextlib
import fcntl
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from lab import people, places
from lab.authority import issue, make_authority
from lab.chroot.progress import Say
from lab.samba_chroot import run_python
from lab.samba_root import ensure_root

HOST = "dc1.corp.test"
ADMIN_USER = "Administrator@corp.test"
ADMIN_PASSWORD = "Lab-Admin-3456-Passw0rd"
# Each running controller has a loopback address of its own: the ports are fixed.
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(10, 42))
# Older than this, the times relative to now are set again before a copy is made.
_FRESH_SECONDS = 6 * 3600

_SMB_CONF = """\
[global]
  netbios name = DC1
  workgroup = CORP
  realm = CORP.TEST
  server role = active directory domain controller
  interfaces = {address}/8
  bind interfaces only = yes
  server services = ldap, kdc, cldap
  dcerpc endpoint servers = epmapper, samr, lsarpc, netlogon, drsuapi
  private dir = /lab/private
  state directory = /lab/state
  cache directory = /lab/cache
  lock directory = /lab/lock
  pid directory = /lab/run
  ncalrpc dir = /lab/run/ncalrpc
  binddns dir = /lab/state/bind-dns
  winbindd socket directory = /lab/run/winbindd
  ntp signd socket directory = /lab/run/ntp_signd
  tls keyfile = /lab/tls/dc1.key
  tls certfile = /lab/tls/dc1.pem
  tls cafile = /lab/tls/ca.pem
  ldap server require strong auth = allow_sasl_over_tls
  ldb:nosync = true
  log file = /lab/log/samba.log
  log level = 1 dsdb_password_json_audit:5
  max log size = 0

[sysvol]
  path = /lab/state/sysvol
  read only = no

[netlogon]
  path = /lab/state/sysvol/corp.test/scripts
  read only = no
"""
_FOLDERS = ("etc", "private", "state", "cache", "lock", "run", "log", "tls")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time builds; the others wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_settings(instance: Path, address: str) -> None:
    """Point an instance's smb.conf at the loopback address it will serve."""
    (instance / "etc/smb.conf").write_text(_SMB_CONF.format(address=address))


def ensure_snapshot(say: Say) -> Path:
    """Build what is missing, root and snapshot, and return the snapshot's folder."""
    with locked(places.LOCK):
        ensure_root(places.ROOT, say)
        if _stamp() != places.fingerprint():
            _build(say)
        elif time.time() - _times_of(places.SNAPSHOT).stat().st_mtime > _FRESH_SECONDS:
            say("setting the snapshot's relative times again")
            _refresh()
        return places.SNAPSHOT


def _stamp() -> str:
    path = places.SNAPSHOT / "fingerprint"
    return path.read_text() if path.is_file() else ""


def _times_of(snapshot: Path) -> Path:
    return snapshot / "times"


def _build(say: Say) -> None:
    new = places.SNAPSHOT.with_name("snapshot.new")
    shutil.rmtree(new, ignore_errors=True)
    for name in _FOLDERS:
        (new / name).mkdir(parents=True)
    new.chmod(0o700)
    write_settings(new, ADDRESSES[0])
    issue(make_authority(new / "tls"), new / "tls/dc1", [HOST], list(ADDRESSES))
    say("provisioning the domain corp.test")
    wish = {
        "realm": people.REALM,
        "domain": "CORP",
        "admin_password": ADMIN_PASSWORD,
    }
    run_python(places.ROOT, new, "provision.py", wish)
    say("adding people, groups, policies and accounts")
    people_json = run_python(places.ROOT, new, "populate.py", people.population())
    (new / "people.json").write_text(json.dumps(json.loads(people_json), indent=1))
    _times_of(new).touch()
    (new / "fingerprint").write_text(places.fingerprint())
    shutil.rmtree(places.SNAPSHOT, ignore_errors=True)
    new.rename(places.SNAPSHOT)


def _refresh() -> None:
    wish = {**people.population(), "refresh": True}
    run_python(places.ROOT, places.SNAPSHOT, "populate.py", wish)
    _times_of(places.SNAPSHOT).touch()
