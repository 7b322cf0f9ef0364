"""The fonts of Windows, which are not free: what stands in their places in Wine.

Each is as wide as the one that it stands for, or wider: what is not cut here is not cut
there.
"""

import struct

REPLACED_KEY = r"HKEY_CURRENT_USER\Software\Wine\Fonts\Replacements"
REPLACED = {
    **dict.fromkeys(("Segoe UI", "Segoe UI Semibold"), "Open Sans"),
    **dict.fromkeys(("Yu Gothic UI", "Meiryo UI", "Meiryo"), "IPAPGothic"),
    "Consolas": "DejaVu Sans Mono",
}
METRICS_KEY = r"HKEY_CURRENT_USER\Control Panel\Desktop\WindowMetrics"
_PIXELS = 12  # 9 points at 100 %
_NAME_BYTES = 64


def logfont(name: str, pixels: int) -> bytes:
    """Give a LOGFONTW: a font's name and height, usual in all else."""
    usual = (0, 0, 0, 400, 0, 0, 0, 1, 0, 0, 0, 0)
    head = struct.pack("<5i8B", -pixels, *usual)
    return head + name.encode("utf-16-le").ljust(_NAME_BYTES, b"\0")


# as every Windows has them; Wine's own are Tahoma
METRICS = {
    name: logfont("Segoe UI", _PIXELS)
    for name in (
        *("CaptionFont", "SmCaptionFont", "MenuFont", "StatusFont", "MessageFont"),
    )
}
