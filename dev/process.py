"""A program of ours that runs beside: own process group, own log file, ended by its number."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dev.paths import ROOT

PR_SET_PDEATHSIG = 1


class Child:
    """A started program. It hears none of the terminal's signals: whoever started it stops it."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str] | None = None,
        *,
        folder: Path = ROOT,
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                list(map(str, command)),
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )

    @property
    def pid(self) -> int:
        """The process number, also the number of its group."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """True until the program has ended."""
        return self.process.poll() is None

    def stop(self, patience: float = 20.0) -> None:
        """Ask the program to end; kill its group when it has not within some seconds."""
        if self.running:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.kill()

    def kill(self) -> None:
        """End the program and everything it started at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 20) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def attend(command: Sequence[str | Path], environment: Mapping[str, str], patience: float = 120.0) -> int:
    """Run a program to its end and return its exit code. When this process is interrupted, the program is asked once to
    end and has some seconds to stop what it started itself.
    """
    program = subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGINT),
    )
    try:
        return program.wait()
    except KeyboardInterrupt:
        program.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(patience)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(program.pid, signal.SIGKILL)


def end_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """What a child does first so that it is not left alone when this process is killed: ask the kernel for a signal.

    Linux only, and from the main thread only: the kernel means the thread that started the child.
    """
    if not sys.platform.startswith("linux") or threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def free_port(wanted: int | None = None) -> int:
    """A port of this machine that is free: the wanted one, the next free after it, or any."""
    for port in range(wanted, wanted + 100) if wanted else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError(f"no free port from {wanted} on")
