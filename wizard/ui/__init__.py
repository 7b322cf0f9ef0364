"""The desktop face of the wizard: the only importer of Qt."""

from wizard.ui.interpreter import keep_none

keep_none()
