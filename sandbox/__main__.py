"""``python -m sandbox``: serve the simulated shops until stopped."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

from .carrier.site import CarrierSite
from .paypal.site import PayPalSite
from .prestashop.site import PrestaShopSite
from .server import Sandbox, Server
from .stripe.site import StripeSite
from .woocommerce.site import WooCommerceSite


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="sandbox", description="Simulated online shops.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8090, help="port to listen on (8090); 0 takes any free one")
    parser.add_argument("--state", type=Path, help="folder that keeps the state; without it, memory only")
    parser.add_argument("--consumer-key", default="ck_sandbox", help="WooCommerce consumer key (ck_sandbox)")
    parser.add_argument("--consumer-secret", default="cs_sandbox", help="WooCommerce consumer secret (cs_sandbox)")
    parser.add_argument("--wp-user", default="sandbox", help="WordPress user who may upload files (sandbox)")
    parser.add_argument(
        "--wp-password",
        default="sand boxs andb oxsa ndbo xsan",
        help="their application password (sand boxs andb oxsa ndbo xsan)",
    )
    parser.add_argument(
        "--prestashop-key",
        default="SANDBOXSANDBOXSANDBOXSANDBOX0000",
        help="PrestaShop webservice key (SANDBOXSANDBOXSANDBOXSANDBOX0000)",
    )
    parser.add_argument(
        "--basic-over-http",
        action="store_true",
        help="treat every connection as https, so that Basic authentication is accepted",
    )
    parser.add_argument("--shopify-token", default="shpat_sandbox", help="Shopify access token (shpat_sandbox)")
    parser.add_argument("--shopify-secret", default="shpss_sandbox", help="the app's client secret (shpss_sandbox)")
    parser.add_argument("--stripe-key", default="sk_test_sandbox", help="Stripe secret key (sk_test_sandbox)")
    parser.add_argument("--paypal-id", default="paypal_sandbox", help="PayPal client id (paypal_sandbox)")
    parser.add_argument("--paypal-secret", default="paypal_secret", help="its secret (paypal_secret)")
    parser.add_argument("--empty", action="store_true", help="start without the demonstration catalogue")
    return parser.parse_args(argv)


def _add_shopify(sandbox: Sandbox, options: argparse.Namespace) -> None:
    """The Shopify shop, where the library is installed that it takes GraphQL with; Odoo comes without it."""
    if find_spec("graphql") is None:
        print("Shopify is not played: pip install graphql-core", file=sys.stderr, flush=True)
        return
    from .shopify.site import ShopifySite

    site = ShopifySite(sandbox, options.shopify_token, secret=options.shopify_secret, with_catalogue=not options.empty)
    sandbox.sites.append(site)
    sandbox.copies.register("shopify", ShopifySite.of_copy)


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    options = arguments(argv)
    sandbox = Sandbox(options.state)
    sandbox.sites.append(
        WooCommerceSite(
            sandbox,
            consumer_key=options.consumer_key,
            consumer_secret=options.consumer_secret,
            assume_https=options.basic_over_http,
            with_catalogue=not options.empty,
            wp_user=options.wp_user,
            wp_password=options.wp_password,
        )
    )
    sandbox.sites.append(CarrierSite(sandbox))
    sandbox.sites.append(
        PrestaShopSite(sandbox, options.prestashop_key, with_catalogue=not options.empty),
    )
    sandbox.sites.append(StripeSite(sandbox, options.stripe_key))
    sandbox.sites.append(PayPalSite(sandbox, options.paypal_id, options.paypal_secret))
    _add_shopify(sandbox, options)
    sandbox.copies.register("woocommerce", WooCommerceSite.of_copy)
    sandbox.copies.register("prestashop", PrestaShopSite.of_copy)
    server = Server(sandbox, options.host, options.port)

    def stop(*_: object) -> None:
        threading.Thread(target=server.stop, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"ready {server.url}", flush=True)
    try:
        server.serve()
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
