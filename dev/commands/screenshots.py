"""Take the pictures of the documentation, in English and in French, from a demonstration that is made for them."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from dev import demo, postgres
from dev.browser import Browser
from dev.client import Client
from dev.databases import Databases
from dev.paths import ROOT
from dev.sandbox import SandboxServer
from dev.say import Problem, say, step
from dev.server import OdooServer

FOLDER = ROOT / "docs" / "pictures"
LANGUAGES = {"en": "en_US", "fr": "fr_FR"}
WIDTH = 1380
"""Just under the width at which Odoo puts the messages beside a form: its lines show all columns."""
MOST_BYTES = 200_000
COLOURS = 256

SHOP, SECOND_SHOP = "Maison Lumière", "Maison Azur"
TIME_ZONE = "Europe/Paris"
PER_DAY = (3, 5, 4, 7, 6, 2, 1, 5, 6, 8, 7, 9, 4, 6)
"""Orders of each of the last days on the first shop, today's last."""
RENAMED = "MAI-MUG-BLEU"
"""The SKU that Odoo calls differently: its orders wait for a person."""
TRACKING = ("6A21458873015", "6A21458873022")

NEXT_FOLDED = """(() => {
    const folded = document.querySelector(".o_group_header:not(.o_group_open) .o_group_name");
    folded?.click();
    return Boolean(folded);
})()"""
"""Unfolds a group of a list; false when all are open."""

T = TypeVar("T")


class Story(NamedTuple):
    """What the pictures show."""

    channel: int
    order: int
    sale: int
    external_id: str


def main(_arguments: list[str]) -> int:
    """Make a demonstration, take every page in every language, and forget the demonstration."""
    console: list[str] = []
    with (
        postgres.running() as connection,
        _database(Databases(connection)) as name,
        SandboxServer() as shop,
        SandboxServer() as second,
        OdooServer(name, connection=connection) as odoo,
    ):
        admin = odoo.client()
        with step("telling a shop's fortnight"):
            story = _tell(admin, odoo.url, shop, second)
        for short, language in LANGUAGES.items():
            _speak(admin, language)
            with Browser(language=language.replace("_", "-")) as browser:
                _take_all(browser, odoo.url, shop.url, story, short)
                console += browser.console
    if console:
        raise Problem("\n".join(["The pages wrote errors to the browser's console:", *console]))
    return 0


@contextmanager
def _database(databases: Databases) -> Iterator[str]:
    """A copy of the template for these pictures only; one that a killed run left is swept by the next tests."""
    name = databases.copy(databases.template(), f"e2e_{os.getpid()}_pictures")
    try:
        yield name
    finally:
        databases.drop(name)


# --- the story


def _tell(admin: Client, odoo_url: str, shop: SandboxServer, second: SandboxServer) -> Story:
    """Fill both shops with a fortnight of orders, connect them, ship two orders, and leave some things to settle."""
    from sandbox.catalogue import PRODUCTS

    skus = [item.sku for product in PRODUCTS for item in (product.variants or (product,)) if item.sku != RENAMED]
    admin.call("ir.config_parameter", "set_param", "web.base.url", odoo_url)
    admin.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    demo.stock_catalogue(admin)
    _place_the_past(shop, skus, PER_DAY, seed=1)
    second_per_day = tuple(count // 2 for count in PER_DAY)
    _place_the_past(second, skus, second_per_day, seed=2)
    start = datetime.now(timezone.utc) - timedelta(days=2 * len(PER_DAY))
    values = {"import_from": f"{start:%Y-%m-%d} 00:00:00", "environment": "production"}
    channel = demo.connect_shop(admin, shop.url, SHOP, **values)
    demo.connect_shop(admin, second.url, SECOND_SHOP, **values)
    _wait_for(lambda: _imported(admin, sum(PER_DAY + second_per_day)))

    carriers = admin.call("ecom.carrier.mapping", "search", [("label", "like", "Colissimo")])
    admin.call("ecom.carrier.mapping", "write", carriers, {"shop_carrier": "Colissimo"})
    first, late, shown = _place(shop, 3, skus=skus, kinds=["note"], lines=2, seed=7)
    shown_order = _wait_for(lambda: _settled(admin, shown))
    _ship(admin, _wait_for(lambda: _settled(admin, first)), TRACKING[0])
    _ship(admin, shown_order, TRACKING[1])
    _ship(admin, _wait_for(lambda: _settled(admin, late)), "")
    _wait_for(lambda: not admin.call("ecom.command", "search_count", [("state", "in", ("pending", "sending"))]))
    _leave_something_to_settle(admin, shop, late, skus)
    said = admin.call("mail.message", "search", [("model", "=", "ecom.channel")])
    admin.call("mail.message", "unlink", said)  # they stay in the language of the moment
    return Story(channel, shown_order["id"], shown_order["sale_order_id"][0], shown)


def _place_the_past(shop: SandboxServer, skus: list[str], per_day: tuple[int, ...], seed: int) -> None:
    """Place orders on each day of the past, by the shop's own clock."""
    for ago, count in enumerate(reversed(per_day)):
        shop.call("/sandbox/clock", {"offset": -timedelta(days=ago).total_seconds()})
        if count:
            _place(shop, count, skus=skus, seed=seed * 100 + ago)
    shop.call("/sandbox/clock", {"offset": 0})


def _place(shop: SandboxServer, count: int, **options: Any) -> list[str]:
    answer = shop.call("/sandbox/orders/random", {"count": count, "new_customers": True, **options})
    return [str(order_id) for order_id in answer["ids"]]


def _leave_something_to_settle(admin: Client, shop: SandboxServer, late: str, skus: list[str]) -> None:
    """Sell what Odoo does not know, and in a currency it does not use; cancel what has left."""
    products = admin.call("product.product", "search", [("default_code", "=", RENAMED)])
    admin.call("product.product", "write", products, {"default_code": "MUG-BLEU", "barcode": False})
    waiting = _place(shop, 2, skus=[RENAMED], lines=1, kinds=[], seed=11)
    waiting += _place(shop, 1, skus=skus, lines=1, kinds=[], currency="CHF", seed=12)
    urllib.request.urlopen(f"{shop.url}/shop/order/{late}/cancel", data=b"", timeout=30).close()
    orders = [("order_id.external_id", "in", [*waiting, late])]
    _wait_for(lambda: admin.call("ecom.issue", "search_count", orders) == len(waiting) + 1)


def _imported(admin: Client, least: int) -> bool:
    count = admin.call("ecom.order", "search_count", [("state", "=", "settled")])
    return bool(count >= least and not admin.call("ecom.order", "search_count", [("state", "=", "received")]))


def _settled(admin: Client, external_id: str) -> dict[str, Any] | None:
    domain = [
        ("external_id", "=", external_id),
        ("state", "=", "settled"),
        ("channel_id.name", "=", SHOP),
        ("sale_order_id", "!=", False),
    ]
    found = admin.search_read("ecom.order", domain, "sale_order_id")
    return dict(found[0]) if found else None


def _ship(admin: Client, order: dict[str, Any], tracking: str) -> None:
    """Validate an order's delivery as a preparer does."""
    pickings = admin.call("stock.picking", "search", [("sale_id", "=", order["sale_order_id"][0])])
    if tracking:
        admin.call("stock.picking", "write", pickings, {"carrier_tracking_ref": tracking})
    moves = admin.call("stock.move", "search", [("picking_id", "in", pickings)])
    for move in admin.call("stock.move", "read", moves, ["product_uom_qty"]):
        admin.call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    admin.call("stock.picking", "button_validate", pickings, context={"skip_sms": True})


def _speak(admin: Client, language: str) -> None:
    """Let Odoo speak a language: the administrator's screens, and the company's stored sentences, written anew."""
    admin.call("res.users", "write", [admin.uid], {"lang": language})
    company = admin.search_read("res.company", [], "partner_id")[0]
    admin.call("res.partner", "write", [company["partner_id"][0]], {"lang": language})
    before = admin.search_read("ecom.issue", [("state", "=", "open")], "write_date", "order_id")
    time.sleep(1)  # dates of changes have no fractions of a second
    admin.call("ecom.order", "action_retry", [row["order_id"][0] for row in before])
    dates = {row["id"]: row["write_date"] for row in before}

    def written_anew() -> bool:
        rows = admin.search_read("ecom.issue", [("id", "in", list(dates))], "write_date")
        return all(row["write_date"] > dates[row["id"]] for row in rows)

    _wait_for(written_anew)


def _wait_for(look: Callable[[], T | None], patience: float = 90.0) -> T:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise Problem("The demonstration for the pictures did not become ready in time. See .run/logs.")


# --- the pictures


def _take_all(browser: Browser, odoo: str, shop: str, story: Story, short: str) -> None:
    """Take every page, as high as what it shows."""
    form = ".o_form_view .o_list_renderer .o_data_row"
    pages = (
        ("dashboard", f"{odoo}/odoo/ecommerce", 430, ".o_ecom_dashboard canvas"),
        ("order", f"{odoo}/odoo/shop-orders/{story.order}", 900, form),
        ("issues", f"{odoo}/odoo/shop-issues", 480, ".o_list_view .o_group_header"),
        ("channel", f"{odoo}/odoo/ecommerce/{story.channel}", 860, form),
        ("sale", f"{odoo}/odoo/sales/{story.sale}", 900, form),
        ("shop", f"{shop}/shop/order/{story.external_id}?lang={short}", 900, "#order-live"),
    )
    browser.send("Emulation.setTimezoneOverride", timezoneId=TIME_ZONE)
    browser.log_in(odoo, path="/odoo/ecommerce")
    for name, url, height, element in pages:
        browser.send(
            "Emulation.setDeviceMetricsOverride", width=WIDTH, height=height, deviceScaleFactor=1, mobile=False
        )
        browser.open(url)
        browser.wait_for_element(element)
        time.sleep(1.5)  # animations of graphs, pictures of people
        while browser.evaluate(NEXT_FOLDED):
            time.sleep(0.5)
        file = browser.screenshot(FOLDER / f"{name}.{short}.png")
        _shrink(file)
        say(f"  ✓ {file.relative_to(ROOT)} ({file.stat().st_size // 1000} kB)")


def _shrink(file: Path) -> None:
    """Write a picture with a palette: a screen has few colours."""
    from PIL import Image

    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise Problem(f"{file.name} has {file.stat().st_size} bytes: {MOST_BYTES} at most.")
