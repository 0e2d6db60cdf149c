"""A process that runs a channel's lane on command: ``python lane_process.py CONFIG CHANNEL``.

Each line of the input is one run: how many calls it makes, and whether the process dies in the middle of it. A run is
answered with the moments of its calls.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(config_file: str, channel_id: str) -> None:
    config.parse_config(["--config", config_file], setup_logging=True)
    registry = Registry(config["db_name"][0])
    answer: dict[str, Any] = {}

    def lane(channel: Any, _deadline: float) -> bool:
        budget = channel._platform("orders").client.transport.budget
        for _ in range(answer["wanted"]):
            budget.acquire()
            answer["calls"].append(time.time())
        if answer["dies"]:
            print(json.dumps(answer["calls"]), flush=True)
            os._exit(9)
        return False

    registry["ecom.channel"]._lane_orders = lane
    print("ready", flush=True)
    for line in sys.stdin:
        answer |= {**json.loads(line), "calls": []}
        with registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["ecom.channel"].browse(int(channel_id))._run_lane("orders")
        print(json.dumps(answer["calls"]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
