"""One request: from bytes through stages to a write and its answer."""
