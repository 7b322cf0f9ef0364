"""Whole machines with a real systemd, booted in a network of their own."""

from tests.machine.machine import Machine
from tests.machine.network import own_network
from tests.machine.root import ensure_root

__all__ = ["Machine", "ensure_root", "own_network"]
