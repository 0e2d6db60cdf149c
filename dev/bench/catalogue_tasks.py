"""The candidates of B7, inside a process with Odoo: both read the same pages of the same shop over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from odoo import Command

from dev.bench.measuring import measured
from dev.bench.order_tasks import woo_channel

Found = dict[str, Any]
PAGE = 100
BATCH = 50


def catalogue_ours(env: Any, options: Found) -> Found:
    """The catalogue lane: read and look, then import, then read a second time, which has nothing to do."""
    Import = env["ecom.catalogue.import"]
    channel = woo_channel(env, options["url"])
    lane = channel._work_env()

    def run() -> None:
        while lane._lane_catalogue(time.monotonic() + 1):
            env.cr.commit()
            env.invalidate_all()

    def work() -> None:
        batch = Import.create({"channel_id": channel.id})
        env.cr.commit()
        run()
        batch.action_start()
        env.cr.commit()
        run()

    found = _timed(env, work)
    if not options.get("second", True):
        return found
    before, started = _counts(env), time.monotonic()
    second = Import.create({"channel_id": channel.id})
    env.cr.commit()
    run()
    second.action_start()
    run()
    changes = sum(abs(now - then) for now, then in zip(_counts(env), before, strict=True))
    return found | {"second changes": changes, "second seconds": time.monotonic() - started}


def catalogue_in_batches(env: Any, options: Found) -> Found:
    """The best that Odoo's own methods give: batches of 50 products with their variants, one commit each."""
    client = woo_channel(env, options["url"])._platform().client
    env = env(context=dict(env.context, tracking_disable=True, mail_create_nolog=True))
    attribute = env["product.attribute"].create({"name": "Taille", "create_variant": "always"})

    def work() -> None:
        values: dict[str, Any] = {}
        for number in range(1, -(-options["count"] // PAGE) + 1):
            rows = client.page("products", {"page": number, "orderby": "id", "order": "asc"}).rows
            parents = ",".join(str(row["id"]) for row in rows)
            skus: dict[tuple[int, str], str] = {}
            for row in client.pages("variations", {"parent": parents, "orderby": "id", "order": "asc"}):
                skus[row["parent_id"], row["attributes"][0]["option"]] = row["sku"]
            for start in range(0, len(rows), BATCH):
                _create(env, attribute, values, rows[start : start + BATCH], skus)
                env.cr.commit()
                env.invalidate_all()

    return _timed(env, work)


def _create(
    env: Any, attribute: Any, values: dict[str, Any], rows: list[Found], skus: dict[tuple[int, str], str]
) -> None:
    vals_list = []
    for row in rows:
        options = row["attributes"][0]["options"]
        for option in options:
            if option not in values:
                values[option] = env["product.attribute.value"].create({"attribute_id": attribute.id, "name": option})
        line = {"attribute_id": attribute.id, "value_ids": [Command.set([values[option].id for option in options])]}
        vals_list.append(
            {
                "name": row["name"],
                "is_storable": True,
                "list_price": 12.0,
                "attribute_line_ids": [Command.create(line)],
            }
        )
    templates = env["product.template"].create(vals_list)
    for row, template in zip(rows, templates, strict=True):
        for product in template.product_variant_ids:
            option = product.product_template_attribute_value_ids.name
            product.write({"default_code": skus[row["id"], option], "weight": 0.25})


def _counts(env: Any) -> list[int]:
    models = ("product.template", "product.product", "product.attribute.value", "ecom.listing", "ecom.offer")
    return [env[model].with_context(active_test=False).search_count([]) for model in models]


def _timed(env: Any, work: Callable[[], None]) -> Found:
    found = measured(env, work)
    return found | {"products": env["product.product"].search_count([("default_code", "=like", "BULK-%")])}
