"""The SID of a service: computed, so that it can be named before the service is there.

S-1-5-80, then the SHA-1 of the name in upper case and UTF-16LE, as five little-endian
numbers of 32 bits (RtlCreateServiceSid).
"""

import hashlib
import struct

SERVICE = "WritebackAgent"


def service_sid(name: str = SERVICE) -> str:
    """Give the SID of the service of a name."""
    # Windows' own use of it: nothing rests on its strength here
    digest = hashlib.sha1(name.upper().encode("utf-16-le"), usedforsecurity=False)
    return "-".join(("S-1-5-80", *map(str, struct.unpack("<5I", digest.digest()))))
