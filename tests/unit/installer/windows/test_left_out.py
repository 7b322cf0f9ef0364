"""What the MSI leaves out of Python and of wheels is asked for by no module of ours."""

import subprocess
import sys

from installer.paths import REPOSITORY
from installer.windows import layout

_WITHOUT = """
import importlib, pkgutil, sys
library, wheels = {library!r}, {wheels!r}
for name in [*sys.modules]:
    # what a Python of another system may have loaded when it began
    if name.partition(".")[0] in library:
        del sys.modules[name]
asked = set()
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in library or name in wheels:
            asked.add(name)
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
import agent, rollout, wizard, resources
count = 0
for top in (agent, rollout, wizard, resources):
    for each in pkgutil.walk_packages(top.__path__, top.__name__ + "."):
        if "pywin32_" in each.name or each.name.endswith("__main__"):
            continue
        importlib.import_module(each.name)
        count += 1
for program in ("agent.__main__", "wizard.__main__", "wizard.cli.main"):
    importlib.import_module(program)
assert count > 500, count
import decimal, datetime, io
assert decimal.Decimal(1) / 3 and datetime.datetime.now() and io.BytesIO()
# such a name would be left out for no reason
for name in wheels:
    assert name.partition(".")[0] not in library
"""


def test_every_module_is_imported_without_what_is_left_out() -> None:
    wheels = [
        each.removesuffix(".py").rstrip("/").replace("/", ".")
        for each in layout.NO_WHEEL
        if each.endswith(("/", ".py"))
    ]
    assert "pydantic.v1" in wheels
    # asyncio's own tests are in no program; the name is a package's of this repository
    library = sorted(layout.NO_LIBRARY - {"test"})
    code = _WITHOUT.format(library=library, wheels=wheels)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
