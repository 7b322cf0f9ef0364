"""Windows: what each part does, over the thin port of `win32`."""
