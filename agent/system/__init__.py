"""The machine an agent runs on: paths, files, instance, TLS."""
