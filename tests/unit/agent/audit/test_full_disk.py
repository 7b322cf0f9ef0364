"""A real file system becomes full: nothing is begun, what was begun is recorded."""

import subprocess
import sys
from pathlib import Path

# in a mount namespace of its own, so that it takes no root
_IN_NAMESPACE = ("unshare", "--map-root-user", "--mount")
_STORY = """
import errno, os, subprocess, sys
from pathlib import Path
from agent.audit.trail import Trail
from agent.audit.verification import verify

disk, head = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=True)
path = disk / "audit.jsonl"
trail = Trail(path, head)

def begin():
    trail.add({"event": 31001}, may_use_reserve=False)

def end():
    trail.add({"event": 31002, "detail": "x" * 1500})

def fill():
    with (disk / "others").open("ab", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC

def refused(act):
    try:
        act()
    except OSError as error:
        return error.errno == errno.ENOSPC
    return False

begin()
fill()
# the end of what was begun finds room, the first time over a page that is full
for _ in range(16):
    end()
assert refused(begin)
fill()
while not refused(end):
    pass
whole = verify(path, head)
assert whole.sound and not whole.unfinished, whole
assert refused(begin) and refused(begin)
(disk / "others").unlink()
begin()
end()
trail.close()
report = verify(path, head)
assert report.sound, report.findings
assert report.records == whole.records + 2
print("told")
"""


def test_a_full_disk_takes_nothing_new_and_what_was_begun(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    story = [sys.executable, "-c", _STORY, str(disk), str(tmp_path / "audit.head")]
    done = subprocess.run(
        [*_IN_NAMESPACE, *story], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("told\n", 0), done.stderr
