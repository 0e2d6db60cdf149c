"""The simulated PrestaShop's resources are the vendor's, field by field; its answers have the recorded shape."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from lxml import etree
from sandbox_support import CONTRACTS
from werkzeug.test import Client, TestResponse

from sandbox.prestashop.fields import RESOURCES
from sandbox.prestashop.goods import add_product
from sandbox.prestashop.order_controls import order
from sandbox.prestashop.seed import both
from sandbox.prestashop.site import PrestaShopSite
from sandbox.server import Sandbox

KEY = "TESTKEYTESTKEYTESTKEYTESTKEY0000"
PRESTASHOP = CONTRACTS / "prestashop"
needs_contracts = pytest.mark.skipif(not PRESTASHOP.is_dir(), reason=f"the vendor's files are not at {PRESTASHOP}")


@dataclass
class Caller:
    site: PrestaShopSite
    client: Client

    def call(self, method: str, path: str, body: str = "", **query: str) -> TestResponse:
        headers = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
        return self.client.open(
            f"/prestashop/api/{path}", method=method, data=body, query_string=query, headers=headers
        )

    def root(self, method: str, path: str, body: str = "", **query: str) -> etree._Element:
        """The first element below the root of an answer."""
        return etree.fromstring(self.call(method, path, body, **query).get_data())[0]

    def error(self, method: str, path: str, body: str = "", **query: str) -> tuple[int, str]:
        response = self.call(method, path, body, **query)
        found = etree.fromstring(response.get_data())
        return response.status_code, found.findtext("errors/error/code") or ""


@pytest.fixture
def shop() -> Iterator[Caller]:
    sandbox = Sandbox()
    site = PrestaShopSite(sandbox, KEY, with_catalogue=False)
    sandbox.sites.append(site)
    add_product(site.shop, name=both("Mug", "Mug"), reference="MUG", price="10", id_tax_rules_group="1", quantity=9)
    yield Caller(site, Client(sandbox))
    sandbox.close()


def synopsis(resource: str) -> etree._Element:
    return etree.parse(PRESTASHOP / "synopsis-9.0.3" / f"{resource}.synopsis.xml").getroot()[0]


def recorded(name: str) -> etree._Element:
    return etree.parse(PRESTASHOP / "recordings" / f"{name}.xml").getroot()[0]


@needs_contracts
@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_fields_are_the_vendors(name: str) -> None:
    resource, wanted = RESOURCES[name], synopsis(name)
    assert wanted.tag == resource.node
    assert [str(field.tag) for field in wanted if field.tag != "associations"] == list(resource.fields)
    for field in wanted:
        if field.tag == "associations":
            continue
        own = resource.fields[str(field.tag)]
        assert own.required is (field.get("required") == "true")
        assert own.read_only is (field.get("readOnly") == "true")
        assert own.filterable is (field.get("notFilterable") != "true")
        assert own.languages is bool(len(field))
        assert own.format == (field.get("format") or "")
    groups = wanted.find("associations")
    listed = {str(group.tag): group for group in (groups if groups is not None else ())}
    assert set(listed) == set(resource.associations)
    for key, group in listed.items():
        own_group = resource.associations[key]
        assert own_group.row == group.get("nodeType") and own_group.virtual is (group.get("virtualEntity") == "true")
        assert [str(cell.tag) for cell in group[0]] == [cell.name for cell in own_group.fields]


@needs_contracts
def test_answers_have_the_recorded_shape(shop: Caller) -> None:
    with shop.site.shop.store.transaction():
        made = order(shop.site.shop, {"lines": [{"sku": "MUG"}]})
    key = str(made["id"])
    pairs: list[tuple[str, etree._Element, dict[str, str]]] = [
        ("08_order_1", shop.root("GET", f"orders/{key}"), {}),
        ("10_order_states", shop.root("GET", "order_states", display="full")[0], {}),
        ("12_order_details", shop.root("GET", "order_details", display="full")[0], {}),
        ("13_order_carriers", shop.root("GET", "order_carriers", display="full")[0], {}),
        ("15_customers", shop.root("GET", "customers", display="full")[0], {}),
        ("16_addresses", shop.root("GET", "addresses", display="full")[0], {}),
        ("20_taxes", shop.root("GET", "taxes", display="full")[0], {}),
        ("69_order_payments_of", shop.root("GET", "order_payments", display="full")[0], {}),
        ("11_order_histories", shop.root("GET", "order_histories", display="full")[0], {}),
    ]
    for name, own, _more in pairs:
        wanted = recorded(name)
        wanted = wanted if wanted.find("id") is not None else wanted[0]
        missing = {str(node.tag) for node in wanted} ^ {str(node.tag) for node in own}
        # Fields that 9.0 has and 8.1 had not, or the other way round.
        assert missing <= NEWER, (name, missing)
        for node in wanted:
            said, ours = node.text or "", own.findtext(str(node.tag)) or ""
            assert shape(said) == shape(ours) or "" in (said, ours), (name, node.tag, said, ours)


NEWER = {"is_guest", "ip_address", "symbol"}


def shape(value: str) -> str:
    """How a value is printed: decimals, a date, or something else."""
    plain = value.strip().lstrip("-")
    if plain.replace(".", "", 1).isdigit():
        return f"number.{len(plain.partition('.')[2])}"
    return "date" if plain[4:5] == plain[7:8] == "-" and plain[:4].isdigit() else "text"


def test_lists(shop: Caller) -> None:
    names = shop.root("GET", "countries", limit="2")
    assert [node.get("id") for node in names] == ["1", "2"] and names[0].get("{http://www.w3.org/1999/xlink}href")
    assert len(shop.root("GET", "countries", limit="100,10")) == len(shop.root("GET", "countries", limit="a")) == 0
    some = shop.root("GET", "countries", display="[id,iso_code]", sort="[iso_code_DESC]", **{"filter[id]": "[8|3|999]"})
    assert [node.findtext("iso_code") for node in some] == ["FR", "BE"]
    assert [len(shop.root("GET", "countries", **{"filter[id]": value})) for value in ("[2,4]", ">[19]", "![8]")] == [
        2,
        1,
        10,
    ]
    assert len(shop.root("GET", "countries", **{"filter[iso_code]": "[f]%"})) == 1


def test_dates_need_to_be_asked_for(shop: Caller) -> None:
    order(shop.site.shop, {"lines": [{"sku": "MUG"}]})
    asked = {"filter[date_upd]": ">[2020-01-01 00:00:00]"}
    assert shop.error("GET", "orders", **asked) == (400, "32")
    assert len(shop.root("GET", "orders", date="1", **asked)) == 1
    assert shop.error("GET", "orders", sort="[date_upd_ASC]") == (400, "38")


def test_refusals(shop: Caller) -> None:
    assert shop.error("GET", "nope") == (400, "27")
    assert shop.error("GET", "orders", **{"filter[nope]": "1"}) == (400, "32")
    missing = shop.call("GET", "orders/99")
    assert missing.status_code == 404 and missing.get_data() == b""
    assert shop.error("POST", "orders", "<prestashop><order>") == (500, "127")
    assert shop.error("POST", "stock_availables", "<prestashop/>") == (405, "101")
    one = "<prestashop><stock_available><id>1</id><quantity>{}</quantity></stock_available></prestashop>"
    assert shop.error("PUT", "stock_availables/1", one.format(3)) == (400, "41")
    assert shop.error("PATCH", "stock_availables/1", one.format("1.5")) == (400, "85")
    name = element("product", price=1, name='<language id="1">a &lt;b&gt;</language>')
    assert shop.error("POST", "products", name) == (400, "84")
    read_only = "<prestashop><product><id>1</id><manufacturer_name>x</manufacturer_name></product></prestashop>"
    assert shop.error("PATCH", "products/1", read_only) == (400, "93")
    shop.site.shop.change_settings({"version": "1.7.8.9"})
    assert shop.error("PATCH", "stock_availables/1", one.format(3)) == (405, "23")


def test_a_put_blanks_what_it_leaves_out(shop: Caller) -> None:
    """As observed on 8.1.2: a product that is put without ``active`` and ``reference`` has neither."""
    body = element("product", id=1, price=15, name='<language id="1">Mug</language>')
    assert shop.call("PUT", "products/1", body).status_code == 200
    product = shop.root("GET", "products/1")
    assert (product.findtext("active"), product.findtext("reference")) == ("0", "")


def test_orders_by_the_webservice_as_recorded(shop: Caller) -> None:
    """56 to 60: a cart, an order that counts as paid, its states; then a slip that changes nothing of the order."""
    shop.root("POST", "customers", CUSTOMER)
    shop.root("POST", "addresses", ADDRESS)
    cart = shop.root("POST", "carts", CART).findtext("id")
    made = shop.root("POST", "orders", ORDER.format(cart=cart))
    assert not made.findtext("current_state") and not made.findtext("reference"), "still empty in the answer"
    key = str(made.findtext("id"))
    got = shop.root("GET", f"orders/{key}")
    assert (got.findtext("current_state"), got.findtext("valid"), got.findtext("invoice_number")) == ("11", "1", "1")
    assert got.findtext("total_paid") == "24.000000" and got.findtext("total_paid_real") == "24.000000"
    quantity = shop.root("GET", "stock_availables/1").findtext("quantity")
    assert quantity == "7"
    shop.root("POST", "order_histories", state(key, 4))
    got = shop.root("GET", f"orders/{key}")
    assert (got.findtext("current_state"), got.findtext("delivery_number")) == ("4", "1")
    before = got.findtext("date_upd")
    shop.site.shop.clock.advance(60)
    shop.root("POST", "order_slip", SLIP.format(key=key))
    shop.root("PUT", "order_carriers/1", PARCEL.format(key=key))
    got = shop.root("GET", f"orders/{key}")
    assert got.findtext("date_upd") == before and got.findtext("shipping_number") == "6A123"
    assert len(shop.root("GET", "order_histories", **{"filter[id_order]": key})) == 2
    shop.root("POST", "order_histories", state(key, 6))
    assert shop.root("GET", "stock_availables/1").findtext("quantity") == "9", "cancelled: the goods are back"


def state(key: str, number: int) -> str:
    return element("order_history", id_order=key, id_order_state=number)


def element(node: str, /, **fields: Any) -> str:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return f"<prestashop><{node}>{inner}</{node}></prestashop>"


CUSTOMER = element("customer", passwd="secretpass1", lastname="Durand", firstname="Marie", email="marie@example.com")
ADDRESS = element(
    "address", id_customer=1, id_country=8, alias="home", lastname="Durand", firstname="Marie", address1="1 rue X",
    postcode="75001", city="Paris",
)  # fmt: skip
CART = (
    "<prestashop><cart><id_currency>1</id_currency><id_lang>1</id_lang><id_customer>1</id_customer><associations>"
    "<cart_rows><cart_row><id_product>1</id_product><id_product_attribute>0</id_product_attribute>"
    "<id_address_delivery>1</id_address_delivery><quantity>2</quantity></cart_row></cart_rows></associations>"
    "</cart></prestashop>"
)
ORDER = element(
    "order", id_address_delivery=1, id_address_invoice=1, id_cart="{cart}", id_currency=1, id_lang=1, id_customer=1,
    id_carrier=1, module="ps_wirepayment", payment="Bank wire", total_paid=24, total_paid_real=0, total_products=20,
    total_products_wt=24, conversion_rate=1,
)  # fmt: skip
SLIP = element(
    "order_slip", id_customer=1, id_order="{key}", conversion_rate=1, total_products_tax_excl=10,
    total_products_tax_incl=12, total_shipping_tax_excl=0, total_shipping_tax_incl=0, amount=12, partial=1,
)  # fmt: skip
PARCEL = element("order_carrier", id=1, id_order="{key}", id_carrier=1, tracking_number="6A123")
