"""The organization's logo: one still PNG of bounded size (ISO/IEC 15948).

An SVG is a document that may hold scripts and load others, and what stands behind the
end of a picture may be a document too: neither is taken.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.errors import PortalUnusable

MOST_BYTES = 64 * 1024
MOST_PIXELS, LEAST_PIXELS = 1024, 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_REMEDY = (
    f"brand.logo is a PNG of {MOST_BYTES // 1024} KiB and {MOST_PIXELS} pixels a side "
    "at most; a new one can be exported by any drawing program"
)
# on a page: as large at most, in CSS pixels
_WIDTH, _HEIGHT = 240, 48


@dataclass(frozen=True)
class Logo:
    """A picture that was looked through; `width` and `height` in its own pixels."""

    content: bytes = field(repr=False)
    width: int
    height: int

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height on a page, in CSS pixels; never larger than it is."""
        scale = min(_WIDTH / self.width, _HEIGHT / self.height, 1.0)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def read_logo(path: Path) -> Logo:
    """Read a logo; PortalUnusable says why it is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return logo(content)
    except OSError as error:
        why = error.strerror or type(error).__name__
    except ValueError as error:
        why = str(error)
    raise PortalUnusable(f"brand.logo: {path}: {why}", _REMEDY)


def logo(content: bytes) -> Logo:
    """Look a picture through; ValueError says why it is not taken."""
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1024} KiB")
    if not content.startswith(_SIGNATURE):
        is_text = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        text = "it is an SVG or HTML, which can hold scripts, not a PNG"
        raise ValueError(text if is_text else "it is no PNG")
    chunks = list(_chunks(content))
    kind, head = chunks[0] if chunks else (b"", b"")
    if kind != b"IHDR" or len(head) != 13 or chunks[-1][0] != b"IEND":
        raise ValueError("the PNG is damaged")
    kinds = {name for name, _ in chunks}
    if b"IDAT" not in kinds:
        raise ValueError("the PNG is damaged")
    if b"acTL" in kinds:
        raise ValueError("it moves")  # WCAG 2.2, 2.2.2: nobody could stop it
    width, height = (int.from_bytes(head[at : at + 4]) for at in (0, 4))
    if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in (width, height)):
        raise ValueError(f"it is {width} x {height} pixels")
    return Logo(content, width, height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and data of each chunk to the end; ValueError where one is damaged."""
    at = len(_SIGNATURE)
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        end = at + 12 + length
        kind, data = content[at + 4 : at + 8], content[at + 8 : end - 4]
        check = content[end - 4 : end]
        if end > len(content) or int.from_bytes(check) != zlib.crc32(kind + data):
            raise ValueError("the PNG is damaged")
        yield kind, data
        if kind == b"IEND" and end != len(content):
            raise ValueError("something stands behind the picture")
        at = end
