"""What the command loads is never looked through again for what is left over."""

import json
import subprocess
import sys

_PROBE = """
import gc, json, runpy, sys
sys.argv = ["writeback-portal", "--version"]
try:
    runpy.run_module("portal", run_name="__main__")
except SystemExit:
    pass
print(json.dumps([
    gc.isenabled(),
    gc.get_freeze_count(),
    "sqlalchemy.dialects.postgresql" in sys.modules,
]))
"""
_LEAST = 50_000  # objects; the standard library's alone are fewer


def test_what_is_loaded_is_kept_out_of_collections() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True
    )
    is_on, frozen, has_other_dialect = json.loads(done.stdout.splitlines()[-1])
    assert is_on
    assert frozen > _LEAST
    assert not has_other_dialect
