"""Wine with the product in it as the MSI lays it out, once for this folder's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.chroot.progress import silent
from lab.windows.session import Session, session
from tests.fixtures.windows import product


@pytest.fixture(scope="package")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session whose folder is empty; another worker's tests wait for its end."""
    with session(tmp_path_factory.mktemp("wine"), silent) as begun:
        yield begun


@pytest.fixture(scope="package")
def python(wine: Session) -> str:
    r"""The product's own Python, as Windows names it: Z:\w\product\python\..."""
    laid_out: Path = product.lay_out(wine.work)
    return wine.windows(laid_out / "python/python.exe")
