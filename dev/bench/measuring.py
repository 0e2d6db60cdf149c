"""What a piece of work costs: seconds, CPU of the process and of its database connection, statements, memory."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measured(env: Any, work: Callable[[], None]) -> dict[str, Any]:
    """Do the work with nothing in memory, and commit it."""
    env.invalidate_all()
    env.cr.execute("SELECT pg_backend_pid()")
    (backend,) = env.cr.fetchone()
    database = _cpu_of(backend)
    statements, started, cpu = env.cr.sql_log_count, time.monotonic(), time.process_time()
    work()
    env.flush_all()
    env.cr.commit()
    seconds, cpu, database = time.monotonic() - started, time.process_time() - cpu, _cpu_of(backend) - database
    return {
        "seconds": seconds,
        "cpu": cpu + database,
        "database cpu": database,
        "statements": env.cr.sql_log_count - statements,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _cpu_of(process: int) -> float:
    """Seconds of CPU that another process of this machine has used; 0 where it cannot be seen."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
