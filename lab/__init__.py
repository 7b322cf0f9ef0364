"""The lab: a real domain controller and a relay, for tests and for people."""

from tests.lab.controller import Account, Lab, Person
from tests.lab.errors import LabError

__all__ = ["Account", "Lab", "LabError", "Person"]
