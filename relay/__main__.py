"""The relay's command: serve, register portals, give out codes, list agents."""

from relay.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
