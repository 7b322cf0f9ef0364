"""The portal's cookies: ids alone, for this host alone, out of reach of scripts.

RFC 6265bis section 4.1.3: `__Host-` cookies are of this host, over https, or none.
"""

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

VISIT = "__Host-visit"
SESSION = "__Host-session"
STAFF = "__Host-staff"
BROWSER = "__Host-browser"
# of who comes back from another site: browsers send it then, and none that is strict
PROVIDER = "__Host-provider"
# the page that somebody came for before they signed in
WANTED = "__Host-wanted"
_BROWSER_S = 365 * 86_400
_PROVIDER_S = 600
_MOST = 128


def read(request: Request, name: str) -> str | None:
    """Give a cookie's value where it is there and of a length that ours have."""
    value = request.cookies.get(name)
    return value if value and len(value) <= _MOST else None


def keep(response: Response, name: str, value: str) -> None:
    """Set a cookie: until the browser ends; longer and shorter, by what it is of."""
    lasting = {BROWSER: _BROWSER_S, PROVIDER: _PROVIDER_S}
    response.set_cookie(
        name,
        value,
        max_age=lasting.get(name),
        path="/",
        secure=True,
        httponly=True,
        samesite=_same_site(name),
    )


def drop(response: Response, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(
        name, path="/", secure=True, httponly=True, samesite=_same_site(name)
    )


def _same_site(name: str) -> Literal["lax", "strict"]:
    return "lax" if name == PROVIDER else "strict"
