"""What a removal leaves of the folder of logs: the audit records, unless told to."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from agent.audit import files


def remaining_logs(audit_file: Path, *, audit: bool) -> Sequence[Path]:
    """Give what a removal deletes: the whole folder, or all but the audit records."""
    folder = audit_file.parent
    kept = () if audit or not folder.is_dir() else files.all_files(audit_file)
    if not kept:
        return (folder,)
    return sorted(path for path in folder.iterdir() if path not in kept)


def remove_path(path: Path) -> None:
    """Remove a file or a folder with all in it; nothing where it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
