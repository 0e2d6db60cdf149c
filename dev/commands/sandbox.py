"""The sandbox shops alone, beside an Odoo that runs already: a neutralised copy connects its channels to them."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from dev.commands.run import SANDBOX_PORT
from dev.paths import cache
from dev.sandbox import SandboxServer
from dev.say import Problem, say


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python3 -m dev sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=SANDBOX_PORT, help="port on 127.0.0.1 (8090, or the next free one)")
    parser.add_argument("--state", type=Path, default=cache() / "sandbox", help="folder that keeps the shops' data")
    options = parser.parse_args(arguments)
    with SandboxServer(options.port, options.state.absolute()) as sandbox:
        say(f"\n  The sandbox listens at {sandbox.url} and keeps its shops in {options.state}.")
        if sandbox.port != SANDBOX_PORT:
            say(f"  Tell Odoo, in the system parameter ecom_connector.sandbox_url: {sandbox.url}")
        say("  In the neutralised copy: E-commerce > Connect All to the Sandbox. Ctrl-C stops it; the data stays.\n")
        try:
            while sandbox.running:
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("\nStopping ...")
            return 0
    raise Problem("The sandbox ended by itself.")
