"""What in the audit asks for a look by an administrator. Pure."""
