"""Tasks of the stock benchmarks, inside a process with Odoo: filling a database, computing, telling, capturing."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

Found = dict[str, Any]


def stock_fill(env: Any, options: Found) -> Found:
    """So many storable products with quants in two warehouses, each an offer of one channel: written in SQL."""
    count, url = options["count"], options["url"]
    unit = env.ref("uom.product_uom_unit").id
    cr = env.cr
    cr.execute(
        """
        INSERT INTO product_template (name, type, is_storable, uom_id, active, sale_ok, purchase_ok, tracking,
                                      company_id, service_tracking)
        SELECT jsonb_build_object('en_US', 'Bench ' || n), 'consu', true, %s, true, true, true, 'none', NULL, 'no'
          FROM generate_series(1, %s) AS n RETURNING id
        """,
        [unit, count],
    )
    templates = sorted(row[0] for row in cr.fetchall())
    cr.execute(
        """
        INSERT INTO product_product (product_tmpl_id, default_code, active)
        SELECT id, 'BENCH-' || position, true
          FROM unnest(%s::int[]) WITH ORDINALITY AS t (id, position) RETURNING id
        """,
        [templates],
    )
    products = sorted(row[0] for row in cr.fetchall())
    warehouses = env["stock.warehouse"].search([("company_id", "=", env.company.id)], order="id", limit=2)
    shelves = env["stock.location"].create(
        [
            {"name": f"Rayon {number}", "location_id": warehouses[0].lot_stock_id.id}
            for number in range(options.get("shelves", 1))
        ]
    )
    for part, locations in enumerate([*warehouses.lot_stock_id, shelves]):
        cr.execute(
            """
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            SELECT id, (%s::int[])[1 + id %% %s], %s, 10 + id %% 7 + %s, id %% 3, now() AT TIME ZONE 'UTC'
              FROM unnest(%s::int[]) AS id
            """,
            [locations.ids, len(locations), env.company.id, part, products],
        )
    channel = env["ecom.channel"].create(
        {
            "name": "Bench",
            "url": url,
            "import_from": False,
            "state": "connected",
            "calls_per_second": 1000,
            "stock_push": True,
            "stock_warehouse_ids": warehouses.ids,
        }
    )
    for row in channel.credential_ids:
        row.value = {"consumer_key": "ck_sandbox", "consumer_secret": "cs_sandbox"}.get(row.key, row.value)
    cr.execute(
        """
        WITH listing AS (
            INSERT INTO ecom_listing (channel_id, company_id, external_id, product_tmpl_id, state)
            SELECT %s, %s, (%s + position - 1)::text, id, 'on'
              FROM unnest(%s::int[]) WITH ORDINALITY AS t (id, position) RETURNING id, product_tmpl_id
        )
        INSERT INTO ecom_offer (listing_id, channel_id, company_id, external_id, sku, product_id)
        SELECT listing.id, %s, %s, '', product.default_code, product.id
          FROM listing JOIN product_product product ON product.product_tmpl_id = listing.product_tmpl_id
        """,
        [channel.id, env.company.id, options["first_id"], templates, channel.id, env.company.id],
    )
    env["ecom.stock.change"]._note(channels=channel)
    cr.commit()
    cr.execute("ANALYZE")
    return {"channel": channel.id, "first": products[0]}


def stock_compute(env: Any, options: Found) -> Found:
    """The one query alone, all levels for the first time, and again with nothing changed; Odoo's own figures."""
    Level, channel = env["ecom.stock.level"], env["ecom.channel"].browse(options["channel"])
    _places, scopes = channel._stock_places()
    figures = env["ecom.stock.figures"]
    env.cr.execute(figures._query(scopes))  # warm
    env.cr.fetchall()
    started = time.monotonic()
    env.cr.execute(figures._query(scopes))
    rows = len(env.cr.fetchall())
    query = time.monotonic() - started
    started = time.monotonic()
    Level._compute_levels(channels=channel)
    env.cr.commit()
    first = time.monotonic() - started
    env.invalidate_all()
    count = env.cr.sql_log_count
    started = time.monotonic()
    Level._compute_levels(channels=channel)
    again, statements = time.monotonic() - started, env.cr.sql_log_count - count
    started = time.monotonic()
    env["product.product"].search([("default_code", "like", "BENCH-%")])._compute_quantities_dict(None, None, None)
    native = time.monotonic() - started
    return {
        "rows": rows,
        "query": query,
        "first": first,
        "again": again,
        "statements": statements,
        "native": native,
        "levels": Level.search_count([]),
    }


def stock_tell(env: Any, options: Found) -> Found:
    """So many differences, worked off by the two lanes."""
    channel = env["ecom.channel"].browse(options["channel"])
    Level = env["ecom.stock.level"]
    env.cr.execute(
        "UPDATE ecom_stock_level SET pushed_quantity = quantity, pushed_keep_selling = keep_selling, pushed_at = now()"
    )
    env.cr.execute(
        "UPDATE stock_quant SET quantity = quantity + 5 WHERE product_id IN"
        " (SELECT product_id FROM ecom_stock_level ORDER BY offer_id LIMIT %s)",
        [options["differences"]],
    )
    env["ecom.stock.change"]._note(channels=channel)
    env.cr.commit()
    started = time.monotonic()
    Level._run_lane()
    computed = time.monotonic() - started
    lane = channel._work_env()
    while lane._lane_stock(time.monotonic() + 1):
        env.cr.commit()
        env.invalidate_all()
    env.cr.commit()
    return {
        "computed": computed,
        "seconds": time.monotonic() - started,
        "left": Level.search_count([("waiting", "=", True)]),
    }


def stock_capture(env: Any, options: Found) -> Found:
    """A user validates deliveries of three lines, one a transaction, with the hook on or off."""
    products = env["product.product"].search([("default_code", "like", "BENCH-%")], limit=300)
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], order="id", limit=1)
    customers = env.ref("stock.stock_location_customers")
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": customers.id,
                        },
                    )
                    for product in products[start : start + 3]
                ],
            }
            for start in range(0, 3 * options["count"], 3)
        ]
    )
    pickings.action_confirm()
    pickings.action_assign()
    env.cr.commit()
    env.invalidate_all()
    off = patch.object(env.registry["ecom.stock.change"], "_note", lambda *_args, **_options: None)
    if not options["hook"]:
        off.start()
    seconds, statements = [], []
    for picking in pickings:
        before, started = env.cr.sql_log_count, time.perf_counter()
        picking.button_validate()
        env.cr.commit()
        seconds.append(time.perf_counter() - started)
        statements.append(env.cr.sql_log_count - before)
        env.invalidate_all()
    if not options["hook"]:
        off.stop()
    return {"seconds": sorted(seconds)[len(seconds) // 2], "statements": sorted(statements)[len(statements) // 2]}
