"""The desktop face of the wizard: the only importer of Qt."""
