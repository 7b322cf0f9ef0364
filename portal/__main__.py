"""The portal's command: set up, serve, and what agents need of it."""

from portal.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
