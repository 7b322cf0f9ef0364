"""JSON of a peer: what is none is a ValueError, however it is none. Pure."""

import json
from typing import Any


def loads(text: str | bytes) -> Any:
    """Read JSON (RFC 8259); ValueError also where it is nested too deep.

    Its size is who receives it's to bound.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
