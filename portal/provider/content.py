"""What a provider sends, as JSON; its size is bounded before. Pure."""

from typing import Any

from portal.provider.errors import ProviderRefused
from wire import bounded_json


def json_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object; ProviderRefused where it is none."""
    try:
        found = bounded_json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderRefused("an answer that is no JSON object")
    return found
