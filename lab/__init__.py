"""The lab: a real domain controller and a relay, for tests and for people."""
