"""What is laid out is compiled, listed by its checksums, and has one time."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from installer.windows import compiled, stage

EPOCH = 1_700_000_000


def library(folder: Path) -> Path:
    (folder / "thing").mkdir(parents=True)
    (folder / "thing/__init__.py").write_text("from thing.part import WORD\n")
    (folder / "thing/part.py").write_text('WORD = "found"\n')
    return folder


def test_what_is_compiled_takes_its_sources_place(tmp_path: Path) -> None:
    compiled.compile_below(library(tmp_path / "lib"))
    names = {path.name for path in (tmp_path / "lib/thing").iterdir()}
    assert names == {"__init__.pyc", "part.pyc"}
    head = (tmp_path / "lib/thing/part.pyc").read_bytes()[4:8]
    # by a hash that nobody compares: no time is in it
    assert int.from_bytes(head, "little") == 1


def test_the_library_is_the_same_bytes_and_can_be_imported(
    tmp_path: Path,
) -> None:
    made = []
    for name in ("first", "second"):
        compiled.compile_below(library(tmp_path / name))
        compiled.pack(tmp_path / name, tmp_path / f"{name}.zip")
        made.append((tmp_path / f"{name}.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        kinds = {each.compress_type for each in archive.infolist()}
    assert kinds == {zipfile.ZIP_STORED}
    code = "import thing; print(thing.WORD)"
    argv = [sys.executable, "-S", "-c", code]
    alone = {"PYTHONPATH": str(tmp_path / "first.zip")}
    done = subprocess.run(argv, env=alone, capture_output=True, text=True, check=True)
    assert done.stdout == "found\n"


def test_each_feature_has_the_list_of_its_own_files(tmp_path: Path) -> None:
    files = ("writeback.exe", "writeback-wizard.exe", "lib/wizard/ui/app.pyc")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    sealed = stage.seal(tmp_path, EPOCH)
    assert sealed == sorted([*files, "SHA256SUMS", "SHA256SUMS.desktop"])
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in files}
    listed = {
        name: (tmp_path / name).read_text().splitlines()
        for name in ("SHA256SUMS", "SHA256SUMS.desktop")
    }
    assert listed["SHA256SUMS"] == [f"{digests[files[0]]}  {files[0]}"]
    assert listed["SHA256SUMS.desktop"] == [
        f"{digests[name]}  {name}" for name in sorted(files[1:])
    ]
    assert {(tmp_path / name).stat().st_mtime for name in sealed} == {EPOCH}
