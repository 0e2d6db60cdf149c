"""A lane that changes its process takes its call budget along: the shop is not called more often for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import shop
from dev import configuration
from dev.paths import ROOT
from dev.postgres import Connection
from dev.sandbox import SandboxServer
from dev.server import OdooServer

RATE, BURST = 2.0, 4.0  # of the orders' flow, which has half of the channel's
LATE = 1.0  # a call that the machine delays by half a second does not count as two


class Process:
    """A process of its own that runs the lane when told."""

    def __init__(self, config: Path, channel: int) -> None:
        command = [sys.executable, str(Path(__file__).with_name("lane_process.py")), str(config), str(channel)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ready(self) -> None:
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"

    def run(self, wanted: int, *, dies: bool = False) -> list[float]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"wanted": wanted, "dies": dies}) + "\n")
        self.process.stdin.flush()
        return list(json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


Start = Callable[[], Process]


@pytest.fixture
def start(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer, database: str, connection: Connection
) -> Iterator[Start]:
    """Start a process for the lane of a connected channel, while no server runs."""
    with start_odoo() as odoo:
        admin = odoo.client()
        channel = shop.connect(admin, sandbox)
        admin.call("ecom.channel", "write", [channel], {"calls_per_second": 2 * RATE})
    config = configuration.write(f"lane_{database}", connection, database)
    with ExitStack() as processes:

        def begin() -> Process:
            process = Process(config, channel)
            processes.callback(process.stop)
            return process

        yield begin


def within_budget(calls: list[float]) -> bool:
    """Whether no stretch of time has more calls than the burst and what the rate adds to it."""
    return all(
        last - first + 1 <= BURST + RATE * (calls[last] - calls[first]) + LATE
        for first in range(len(calls))
        for last in range(first, len(calls))
    )


def test_a_lane_that_hops_between_two_processes_stays_in_its_budget(start: Start) -> None:
    here, there = start(), start()
    here.ready()
    there.ready()
    calls = [moment for process in (here, there, here, there) for moment in process.run(4)]
    assert len(calls) == 16
    assert within_budget(calls), calls
    # What a process that is killed had called by then is not known: nothing is left.
    killed = here.run(1, dies=True)
    after = there.run(4)
    assert within_budget([*calls, *killed, *after])
    assert after[0] - killed[-1] > 0.9 / RATE
