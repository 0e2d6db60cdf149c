"""A paid order has its posted PDF invoice without a click, on a real server with the real PDF engine."""

from __future__ import annotations

import base64
import io
import re
import urllib.request

import pytest
from pypdf import PdfReader

import shop
from dev import pdf_engine
from dev.client import Client
from dev.sandbox import SandboxServer

SELLER = ("SIRET : 73282932000074", "FR44732829320")


@pytest.fixture(autouse=True)
def _engine() -> None:
    if pdf_engine.find_or_get() is None:
        pytest.skip("the PDF engine cannot be had on this machine")


def _words(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)


def _printed(admin: Client, order_id: str) -> tuple[dict[str, object], bytes]:
    """The invoice of a shop's order, once it is printed, and its PDF."""

    def look() -> list[dict[str, object]]:
        found = admin.search_read(
            "account.move",
            [("ecom_order_id.external_id", "=", order_id), ("message_main_attachment_id", "!=", False)],
            *("name", "state", "amount_total", "payment_state", "invoice_pdf_report_file", "access_token"),
        )
        return found

    (invoice,), _ = shop.wait_for(look, 40)
    return invoice, base64.b64decode(str(invoice["invoice_pdf_report_file"]))


def test_a_paid_order_has_its_pdf_invoice_and_the_shop_shows_the_link(admin: Client, sandbox: SandboxServer) -> None:
    company = admin.call("res.company", "search", [])
    admin.call("res.company", "write", company, {"company_registry": "73282932000074", "vat": "FR44732829320"})
    channel = shop.connect(admin, sandbox, invoice_policy="confirmed", invoice_send_policy="link")
    (order_id,) = shop.place(sandbox, kinds=[])
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    keeper = shop.shopkeeper(sandbox)
    raw = keeper.get(f"orders/{order_id}")
    invoice, pdf = _printed(admin, order_id)
    words = _words(pdf)
    assert invoice["state"] == "posted"
    assert f"{invoice['amount_total']:.2f}" == raw["total"]
    for expected in (
        invoice["name"],
        found["number"],
        "Votre commande",
        "Payée le",
        raw["payment_method_title"],
        *SELLER,
    ):
        assert str(expected) in words, f"{expected!r} is not in {words!r}"
    assert f"{float(raw['total']):.2f}".replace(".", ",") in words.replace("\u202f", "")

    def links() -> list[str]:
        notes = keeper.get(f"orders/{order_id}/notes", {"type": "customer"})
        return [link for note in notes for link in re.findall(r"https?://\S+/my/invoices/\S+", note["note"])]

    (link,), _ = shop.wait_for(links)
    # A guest, without an account, opens the link and downloads the very document.
    with urllib.request.urlopen(link, timeout=30) as page:
        assert str(invoice["name"]) in page.read().decode()
    with urllib.request.urlopen(f"{link}&report_type=pdf&download=true", timeout=30) as document:
        assert document.read() == pdf
    admin.call("ecom.order", "action_retry", [found["id"]])
    shop.wait_for(lambda: shop.order(admin, order_id))
    assert len(links()) == 1
    assert not admin.search_read("ecom.issue", [("channel_id", "=", channel), ("state", "=", "open")], "message")


def test_a_company_gets_its_factur_x_inside_the_pdf(admin: Client, sandbox: SandboxServer) -> None:
    company = admin.call("res.company", "search", [])
    admin.call("res.company", "write", company, {"company_registry": "73282932000074", "vat": "FR44732829320"})
    shop.connect(admin, sandbox, invoice_policy="confirmed")
    keeper = shop.shopkeeper(sandbox)
    lamp = keeper.post("products", {"name": "Lampe", "sku": "LAMPE-FX", "regular_price": "30.00"})
    place = {"first_name": "Anne", "last_name": "Roux", "company": "Atelier Roux SARL", "country": "FR"}
    place |= {"address_1": "3 rue des Arts", "city": "Lyon", "postcode": "69001"}
    raw = keeper.post(
        "orders",
        {
            "status": "processing",
            "set_paid": True,
            "payment_method": "stripe",
            "billing": place | {"email": "compta@atelier-roux.example"},
            "shipping": place,
            "meta_data": [{"key": "_billing_vat_number", "value": "FR40303265045"}],
            "line_items": [{"product_id": lamp["id"], "quantity": 2}],
        },
    )
    invoice, pdf = _printed(admin, str(raw["id"]))
    attachments = PdfReader(io.BytesIO(pdf)).attachments
    assert list(attachments) == ["factur-x.xml"]
    xml = attachments["factur-x.xml"][0].decode()
    assert "CrossIndustryInvoice" in xml
    for expected in ("Atelier Roux SARL", "FR40303265045", "FR44732829320", str(invoice["name"]), raw["total"]):
        assert expected in xml, f"{expected!r} is not in the Factur-X"
