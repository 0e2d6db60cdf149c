"""Tasks inside a process with Odoo: ``python -m dev.bench.inside CONFIG TASK OPTIONS``; the last line is the answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from dev.bench import (
    bank_tasks,
    catalogue_tasks,
    forecast_tasks,
    oca_tasks,
    order_tasks,
    payout_tasks,
    returns_tasks,
    stock_tasks,
)

Found = dict[str, Any]


def main(config_file: str, task: str, options: str) -> None:
    """Run one task and print what it found."""
    config.parse_config(["--config", config_file], setup_logging=True)
    (database,) = config["db_name"]
    if task == "install":
        Registry.new(database, update_module=True, install_modules=json.loads(options)["modules"])
        print(json.dumps({}))
        return
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR"})
        found = TASKS[task](env, json.loads(options))
        cr.commit()
    print(json.dumps(found), flush=True)


def count_calls(env: Any, options: Found) -> Found:
    """What each platform's package asks of its shop."""
    from dev.bench import call_tasks  # finds the addons once Odoo knows where they are

    return call_tasks.count_calls(env, options)


TASKS: dict[str, Callable[[Any, Found], Found]] = {
    task.__name__: task
    for task in (
        order_tasks.catalogue,
        order_tasks.channels,
        order_tasks.ours,
        order_tasks.one_by_one,
        order_tasks.in_batches,
        order_tasks.ours_on_shopify,
        oca_tasks.oca,
        oca_tasks.oca_on_shopify,
        count_calls,
        bank_tasks.bank_prepare,
        bank_tasks.bank_ours,
        bank_tasks.bank_oca,
        catalogue_tasks.catalogue_ours,
        catalogue_tasks.catalogue_in_batches,
        forecast_tasks.forecast_night,
        payout_tasks.payout_fill,
        payout_tasks.payout_ours,
        payout_tasks.payout_plain,
        returns_tasks.returns_walk,
        stock_tasks.stock_fill,
        stock_tasks.stock_compute,
        stock_tasks.stock_tell,
        stock_tasks.stock_capture,
    )
}

if __name__ == "__main__":
    main(*sys.argv[1:])
