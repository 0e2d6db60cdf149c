"""The night in which every product is forecast, inside Odoo: three years of orders, then the scheduled action."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

from dev.bench.forecast_series import Product, products

Found = dict[str, Any]
WEEKS = 156
SHAPES = 70
"""So many different histories; further products repeat them."""
ORDERS_A_WEEK = 20


def forecast_night(env: Any, options: Found) -> Found:
    """Give the catalogue's products their past and compute all of them; says how long and how many statements."""
    found = env["product.product"].search([("is_storable", "=", True)], limit=options["count"], order="id")
    histories = list(products(SHAPES, WEEKS, options["seed"]))
    lines = give_past(env, found, histories)
    rows = env["ecom.replenishment"]
    batches, started, before = 0, time.monotonic(), env.cr.sql_log_count
    slowest = 0
    while ids := rows._due(500):
        statements = env.cr.sql_log_count
        rows._recompute(ids)
        env.cr.commit()
        env.invalidate_all()
        slowest = max(slowest, env.cr.sql_log_count - statements)
        batches += 1
    seconds = time.monotonic() - started
    return {
        "seconds": seconds,
        "products": len(found),
        "lines": lines,
        "statements": (env.cr.sql_log_count - before) / max(batches, 1),
        "most": slowest,
        "advice": dict(rows._read_group([], ["advice"], ["__count"])),
    }


def give_past(env: Any, found: Any, histories: list[Product]) -> int:
    """Orders of three years, written past the ORM: nothing but their past counts. Returns how many lines."""
    monday = date.today() - timedelta(days=date.today().weekday())
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    orders = env["sale.order"].create(
        [{"partner_id": env.company.partner_id.id, "warehouse_id": warehouse.id} for _ in range(WEEKS * ORDERS_A_WEEK)]
    )
    env.flush_all()
    env.cr.execute("UPDATE product_product SET create_date = create_date - interval '4 years'")
    env.cr.execute("CREATE TEMP TABLE bench_past (place int, week int, quantity float, price float)")
    for place, history in enumerate(histories):
        shift = WEEKS - len(history.sold)
        rows = [
            (place, shift + week, sold, 5.0 if promoted * 2 > sold else 10.0)
            for week, (sold, promoted) in enumerate(zip(history.sold, history.promoted, strict=True))
            if sold
        ]
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            marks = ", ".join(["(%s, %s, %s, %s)"] * len(part))
            env.cr.execute(f"INSERT INTO bench_past VALUES {marks}", [value for row in part for value in row])
    days = [monday - timedelta(weeks=WEEKS - index // ORDERS_A_WEEK, days=-(index % 7)) for index in range(len(orders))]
    env.cr.execute(
        "UPDATE sale_order SET state = 'sale', date_order = past.day FROM unnest(%s, %s::timestamp[]) past (id, day)"
        " WHERE sale_order.id = past.id",
        [orders.ids, [f"{day} 10:00:00" for day in days]],
    )
    env.cr.execute(
        """
        INSERT INTO sale_order_line (order_id, product_id, product_uom_id, product_uom_qty, price_unit,
                                     price_subtotal, name, customer_lead, state, company_id, currency_id, sequence)
        SELECT (%(orders)s::int[])[past.week * %(a_week)s + 1 + item.number %% %(a_week)s], item.id, template.uom_id,
               past.quantity, past.price, past.quantity * past.price, 'Article', 0, 'sale', %(company)s, %(currency)s,
               10
          FROM unnest(%(products)s::int[]) WITH ORDINALITY item (id, number)
          JOIN bench_past past ON past.place = item.number %% %(shapes)s
          JOIN product_product product ON product.id = item.id
          JOIN product_template template ON template.id = product.product_tmpl_id
        """,
        {
            "orders": orders.ids,
            "a_week": ORDERS_A_WEEK,
            "company": env.company.id,
            "currency": env.company.currency_id.id,
            "products": found.ids,
            "shapes": len(histories),
        },
    )
    count = int(env.cr.rowcount)
    env.cr.execute(
        """
        UPDATE stock_quant SET quantity = 5 + (product_id * 7) %% 150
         WHERE product_id = ANY(%s) AND location_id = %s
        """,
        [found.ids, warehouse.lot_stock_id.id],
    )
    env.cr.execute("ANALYZE sale_order; ANALYZE sale_order_line; ANALYZE stock_quant")
    env.cr.commit()
    env.invalidate_all()
    return count
