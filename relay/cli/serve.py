"""The command `serve`: the server itself."""

from pathlib import Path
from typing import Any

from relay.cli.words import address, command
from relay.serve import run_server


def add_commands(commands: Any) -> None:
    serve = command(commands, "serve", "run the relay", run_server)
    serve.add_argument("--listen", type=address, required=True, metavar="HOST:PORT")
    serve.add_argument("--name", required=True, help="the relay's DNS name")
    serve.add_argument("--cert", type=Path, required=True, metavar="PEM")
    serve.add_argument("--key", type=Path, required=True, metavar="PEM")
    serve.add_argument(
        "--ready-fd", type=int, metavar="N", help="write HOST:PORT to it when ready"
    )
