"""How fast a reset is, and the wizard, beside floors measured in the same run."""
