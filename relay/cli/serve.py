"""The command `serve`: the server itself."""

from pathlib import Path
from typing import Any

from relay.cli.words import command
from relay.serve import run_server
from relay.settings import SETTINGS_FILE


def add_commands(commands: Any) -> None:
    serve = command(commands, "serve", "run the relay", run_server)
    serve.add_argument(
        *("--settings",),
        type=Path,
        metavar="FILE",
        help=f"the settings (default: {SETTINGS_FILE}); options go before them",
    )
    serve.add_argument(
        "--listen", metavar="HOST:PORT", help="where, unless systemd gives a socket"
    )
    serve.add_argument("--name", metavar="NAME", help="the relay's DNS name")
    serve.add_argument(
        *("--cert",),
        dest="certificate",
        type=Path,
        metavar="PEM",
        help="the certificate, and its chain after it",
    )
    serve.add_argument("--key", type=Path, metavar="PEM", help="its private key")
    serve.add_argument(
        "--metrics", metavar="HOST:PORT", help="where /ready and /metrics are"
    )
    serve.add_argument(
        *("--agent-listeners",),
        type=int,
        metavar="N",
        help="how many may listen for one agent (default: 4, at most 25)",
    )
    serve.add_argument(
        "--ready-fd", type=int, metavar="N", help="write HOST:PORT to it when ready"
    )
