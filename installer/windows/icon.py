"""The program's icon as Windows takes it, of its SVG, the same bytes each time.

Debian's rsvg draws it in the builder's root. Qt, which draws it in the window, would
be another version's with each that the wizard takes.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

from installer import chroot

FILE = "writeback.ico"
_DRAWING = "resources/icons/org.writeback.Wizard.svg"
# pixels: 16 and 32 at 100 to 250 %, and the large ones of Explorer
SIDES = (16, 20, 24, 32, 40, 48, 64, 80, 128, 256)
_COLOUR_BITS = 32


def build(root: Path, work: Path) -> Path:
    """Draw the icon of the sources in `work`/src; give its file, below `work` too."""
    pictures = {}
    for side in SIDES:
        name = f"icon-{side}.png"
        size = ("--width", str(side), "--height", str(side))
        to = ("--output", f"/build/{name}", f"/build/src/{_DRAWING}")
        chroot.run(root, work, "rsvg-convert", *size, *to)
        pictures[side] = (work / name).read_bytes()
    (work / FILE).write_bytes(ico(pictures))
    return work / FILE


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """Put PNG pictures into one file, by their side in pixels, at most 256."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    entries, data = [], []
    for side, picture in sorted(pictures.items()):
        # 256 has no place in a byte, and is 0
        entry = (side % 256, side % 256, 0, 0, 1, _COLOUR_BITS, len(picture), at)
        entries.append(struct.pack("<BBBBHHII", *entry))
        data.append(picture)
        at += len(picture)
    return b"".join([head, *entries, *data])
