"""The address that a server listens on, as settings and options spell it."""

from typing import Annotated

from pydantic import AfterValidator


def host_port(text: str) -> tuple[str, int]:
    """Read HOST:PORT; an IPv6 address stands in brackets. ValueError else."""
    host, separator, port = text.rpartition(":")
    in_brackets = host.startswith("[") and host.endswith("]")
    is_host = in_brackets or (host != "" and ":" not in host)
    if not separator or not is_host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{text!r} must be HOST:PORT, and [HOST]:PORT for IPv6")
    return host.strip("[]"), int(port)


def _checked(text: str) -> str:
    host_port(text)
    return text


Address = Annotated[str, AfterValidator(_checked)]
