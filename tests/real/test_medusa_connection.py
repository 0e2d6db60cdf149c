"""The connection to a real Medusa shop: what the test says, what it knows of itself, and how it calls Odoo."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dev.medusa.people import Customer, Shopkeeper
from dev.medusa.shop import MedusaShop
from platforms.documents import CustomerChange
from platforms.medusa import Medusa
from platforms.transport import Transport

SECRET = "of-the-channel"


@pytest.fixture
def inbox() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """An address that keeps what it is sent."""
    kept: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", kept
    server.shutdown()
    server.server_close()


def test_the_connection_test_says_what_it_found(medusa: Medusa, shop: MedusaShop) -> None:
    report = medusa.test_connection()
    assert report.code == "ok"
    assert dict(report.details) == {
        "encrypted": "no",
        "name": "Boutique d'essai",
        "currency": "EUR",
        "prices_include_tax": "no",
        "stock_locations": "Paris, Lyon",
        "webhooks": "yes",
    }
    facts = medusa.read_facts()
    assert (facts.currency, facts.prices_include_tax) == ("EUR", False)
    (tax,) = medusa.read_taxes()
    assert (tax.label, tax.rate, tax.country) == ("TVA", 20, "FR")
    for key in ("sk_wrong", shop.facts["publishable_key"], ""):
        assert Medusa(shop.url, {"secret_key": key}, Transport()).test_connection().code == "bad_key"
    assert Medusa(f"{shop.url}/app/orders", medusa.credentials, Transport()).test_connection().ok, "as it is pasted"


def test_the_shop_calls_odoo_with_signed_ids(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper, inbox: tuple[str, list[tuple[dict[str, str], bytes]]]
) -> None:
    address, kept = inbox
    assert medusa.read_webhooks(address) == []
    (state,) = medusa.register_webhooks(address, SECRET)
    assert (state.active, state.address) == (True, address)
    assert medusa.register_webhooks(address, SECRET) == medusa.read_webhooks(address) == [state], "once"

    order = customer.order([("MUG", 1)])
    keeper.capture(order)
    keeper.fulfil(order)
    wanted = {"order.placed", "payment.captured", "order.fulfillment_created", "shipment.created"}

    def heard() -> set[str]:
        return {headers["x-medusa-topic"] for headers, _body in kept}

    deadline = time.monotonic() + 10
    while not wanted <= heard() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert wanted <= heard()
    for headers, body in kept:
        assert medusa.verify_webhook(SECRET, headers, body)
        assert not medusa.verify_webhook("another", headers, body)
        hint = medusa.parse_webhook(headers, body)
        if headers["x-medusa-topic"] in wanted:
            assert (hint.kind, hint.external_id, hint.deleted) == ("order", order, False), headers["x-medusa-topic"]
    ids = [medusa.parse_webhook(headers, body).event_id for headers, body in kept]
    assert len(set(ids)) == len(ids)

    medusa.remove_webhooks(address)
    assert medusa.read_webhooks(address) == []


def test_a_customer_is_changed_once(medusa: Medusa, customer: Customer) -> None:
    customer_id, _token = customer.register("anne@example.com", first_name="Anne", last_name="Roux")
    street = {"street": "3 quai Nord", "city": "Lille", "zip": "59000", "country": "FR"}
    change = CustomerChange(customer_id, {"name": "Anne Le Roux", "phone": "0320000000", "billing": street})
    (result,) = medusa.push_customers([change])
    assert result.ok
    (raw,) = medusa.read_customers([customer_id])
    profile = medusa.parse_customer(raw)
    assert (profile.customer.name, profile.customer.phone) == ("Anne Le Roux", "0320000000")
    assert (profile.address.street, profile.address.city, profile.address.country) == ("3 quai Nord", "Lille", "FR")
    calls = medusa.transport.calls
    (result,) = medusa.push_customers([change])
    assert result.ok and medusa.transport.calls - calls == 1, "a look, and nothing to be said"
    (gone,) = medusa.push_customers([CustomerChange("cus_nope", {"phone": "1"})])
    assert (gone.ok, gone.code) == (False, "not_found")
