"""Place orders on the running demo's shop, a few at once or as a steady stream."""

from __future__ import annotations

import argparse
import time
import urllib.error

from dev import demo_shops, running_demo, sandbox
from dev.say import Problem, say


def main(arguments: list[str]) -> int:
    """Place the orders."""
    parser = argparse.ArgumentParser(prog="python3 -m dev order", description=__doc__)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--count", type=int, default=1, help="how many orders, at once (1)")
    amount.add_argument("--stream", type=float, metavar="PER_MINUTE", help="orders a minute, until Ctrl-C")
    names = [shop.platform for shop in demo_shops.SHOPS]
    parser.add_argument("--shop", choices=names, default=names[0], help=f"on which one (the {names[0]})")
    options = parser.parse_args(arguments)
    page = next(shop.orders for shop in demo_shops.SHOPS if shop.platform == options.shop)
    _odoo, shop = running_demo.addresses()
    if not shop:
        raise Problem("The running demo has no sandbox shop.")
    if options.stream is None:
        _place(shop, page, options.count)
        return 0
    if options.stream <= 0:
        parser.error("--stream wants a number above 0")
    while True:
        _place(shop, page, 1)
        time.sleep(60 / options.stream)


def _place(shop: str, page: str, count: int) -> None:
    try:
        answer = sandbox.call(shop, page, {"count": count})
    except (urllib.error.URLError, OSError) as error:
        raise Problem(f"The shop at {shop} did not take the order: {error}") from None
    say(f"{count} order{'s' if count > 1 else ''} placed on {shop}: {answer}")
