"""The portal's command: set up, serve, and what agents need of it."""

import gc


def main() -> int:
    """Load the command, and run it."""
    # all that is loaded stays: to look through it for what is left over takes a sixth
    # of a start, and later, again and again, longer than an answer
    gc.disable()
    from portal.cli.main import main as command

    gc.freeze()
    gc.enable()
    return command()


if __name__ == "__main__":
    raise SystemExit(main())
