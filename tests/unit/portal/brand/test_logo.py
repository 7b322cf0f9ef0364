"""A logo is a still picture of bounded size, and nothing else."""

from pathlib import Path

import pytest

from portal.brand.logo import LEAST_PIXELS, MOST_BYTES, MOST_PIXELS, logo, read_logo
from portal.errors import PortalUnusable
from tests.fixtures.portal.picture import png

_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
_GOOD = png()


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((320, 96), (160, 48)),
        ((1024, 64), (240, 15)),
        ((64, 1024), (3, 48)),
        ((40, 20), (40, 20)),
    ],
)
def test_it_is_shown_as_large_as_fits(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    found = logo(png(*size))
    assert (found.width, found.height) == size
    assert found.shown == shown


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (_SVG, "an SVG or HTML, which can hold scripts, not a PNG"),
        (b"\xef\xbb\xbf\n<svg/>", "an SVG or HTML"),
        (b"\xff\xd8\xff\xe0JFIF", "it is no PNG"),
        (b"", "it is no PNG"),
        (_GOOD[:8], "damaged"),
        (_GOOD[:-1], "damaged"),
        (_GOOD[:60] + b"\0" + _GOOD[61:], "damaged"),
        (_GOOD[:-12], "damaged"),
        (_GOOD + b"<script>", "behind the picture"),
        (png(320, 96, (b"acTL", bytes(8))), "it moves"),
        (png(MOST_PIXELS + 1, 96), "it is 1025 x 96 pixels"),
        (png(96, LEAST_PIXELS - 1), "it is 96 x 15 pixels"),
        (png(320, 96, (b"tEXt", bytes(MOST_BYTES))), "larger than 64 KiB"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(content)
    with pytest.raises(PortalUnusable, match=f"brand.logo: .*logo.png: .*{why}"):
        read_logo(file)


def test_a_length_that_lies_ends() -> None:
    content = _GOOD[:8] + b"\xff\xff\xff\xff" + _GOOD[12:]
    with pytest.raises(ValueError, match="damaged"):
        logo(content)


def test_a_file_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PortalUnusable, match="No such file"):
        read_logo(tmp_path / "logo.png")
