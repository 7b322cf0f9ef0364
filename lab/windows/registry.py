"""Files that `regedit` takes values of the registry from."""

from collections.abc import Mapping

Values = Mapping[str, str | int | bytes]


def file_of(key: str, values: Values) -> str:
    """Give a file that sets the values of a key: texts, 32-bit numbers, bytes."""
    lines = ["Windows Registry Editor Version 5.00", "", f"[{key}]"]
    lines += [f'"{name}"={_spelled(value)}' for name, value in values.items()]
    return "\r\n".join([*lines, ""])


def _spelled(value: str | int | bytes) -> str:
    if isinstance(value, int):
        return f"dword:{value:08x}"
    if isinstance(value, bytes):
        return f"hex:{value.hex(',')}"
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
