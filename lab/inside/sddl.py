"""Read entries written in SDDL as Samba does: descriptors in hexadecimal, one each.

Runs with the root's Python. Standard input: a JSON list of entries.
"""

import json
import sys

from samba.dcerpc import security  # type: ignore[import-not-found]
from samba.ndr import ndr_pack  # type: ignore[import-not-found]

domain = security.dom_sid("S-1-5-21-1-2-3")
descriptors = [
    ndr_pack(security.descriptor.from_sddl(f"D:{entry}", domain)).hex()
    for entry in json.load(sys.stdin)
]
print(json.dumps(descriptors))
