"""Publishing to a PrestaShop: many products a call, nothing blanked, and one refusal that stops nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presta_shop import become, calls, control, many, pushed, strike
from woo_products import shirts, simple, update

from platforms.catalogue import (
    AttributeDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    TermDocument,
    TextsDocument,
)
from platforms.errors import PlatformError
from platforms.prestashop import PrestaShop, product_body, xml
from platforms.publishing import ListingChange, OfferChange

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)


def test_100_products_are_made_in_two_calls_and_a_second_push_makes_none(presta: PrestaShop) -> None:
    results = presta.push_listings([simple(number) for number in range(100)])
    assert all(result.ok for result in results)
    assert len({result.product_id for result in results}) == 100
    assert calls(presta, "products", "POST") == 2
    first = presta.parse_listing(results[0].raw or {})
    assert (first.name, first.state, first.kind) == ("Product 0", ListingState.ON, ListingKind.SIMPLE)
    assert (first.offers[0].sku, first.offers[0].price) == ("SKU-0", Decimal("13.5"))
    before = presta.transport.calls
    again = [
        ListingChange(f"db:{number}", replace(simple(number).document, product_id=result.product_id), frozenset())
        for number, result in enumerate(results)
    ]
    assert all(result.ok and result.raw is None for result in presta.push_listings(again))
    assert presta.transport.calls == before


def test_100_products_are_changed_in_two_calls(presta: PrestaShop) -> None:
    ids = many(presta, 100)
    presta.read_catalogue()
    changes = [update(simple(number), key, "name", name=f"Renamed {key}") for number, key in enumerate(ids)]
    results = presta.push_listings(changes)
    assert [presta.parse_listing(result.raw or {}).name for result in results] == [f"Renamed {key}" for key in ids]
    assert calls(presta, "products", "PATCH") == 2


@pytest.mark.parametrize("shop", ["8.1.2", "9.0.3", "1.7.8.11", "8.1.2 without the right to PATCH"])
def test_what_is_not_told_stays_as_it_is(presta: PrestaShop, shop: str) -> None:
    """A PUT blanks what it leaves out, and took such products off sale (observed on 8.1.2)."""
    version, _space, without = shop.partition(" ")
    rights = {"permissions": None}
    if without:
        resources = ("products", "combinations", "languages", "configurations", "groups", "specific_prices")
        rights["permissions"] = {name: ["GET", "PUT", "POST", "DELETE"] for name in resources}  # type: ignore[assignment]
    (key,) = many(presta, 1)
    before = presta.client.get("products", key)
    shop_then = become(presta, version, **rights)
    (result,) = shop_then.push_listings([update(simple(1), key, "description", description="<p>New</p>")])
    assert result.ok, result.refusal
    after = presta.client.get("products", key)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"description", "date_upd"} and after["description"]["1"] == "<p>New</p>"
    assert after["active"] == "1" and after["reference"] == "BULK-000001"


def test_a_product_with_variants_is_made_with_its_attribute_values(presta: PrestaShop) -> None:
    change = shirts("SML")
    offers = tuple(replace(offer, price=Decimal(20 + place)) for place, offer in enumerate(change.document.offers))
    told = tuple(OfferChange(told.key, offer, told.fields) for told, offer in zip(change.offers, offers, strict=True))
    (result,) = presta.push_listings([replace(change, document=replace(change.document, offers=offers), offers=told)])
    assert result.ok and len(result.variants) == 3
    listing = presta.parse_listing(result.raw or {})
    assert listing.kind == ListingKind.VARIABLE
    assert [(offer.options[0].value, offer.price, offer.sku) for offer in listing.offers] == [
        ("S", Decimal(20), "Shirt-S"),
        ("M", Decimal(21), "Shirt-M"),
        ("L", Decimal(22), "Shirt-L"),
    ]
    assert listing.attributes[0].values == ("S", "M", "L"), "in the order of the product's attribute"
    product = presta.client.get("products", result.product_id)
    assert product["product_type"] == "combinations"
    assert product["id_default_combination"] == result.variants["Shirt-S"]


def test_a_variant_that_is_there_already_is_taken_and_not_made_twice(presta: PrestaShop) -> None:
    (key,) = many(presta, 1, variants=2)
    sizes = [OptionDocument("Taille", size) for size in ("XS", "S", "M")]
    offers = tuple(OfferDocument("", sku=f"NEW-{size.value}", options=(size,), price=Decimal(12)) for size in sizes)
    document = replace(shirts("").document, product_id=key, offers=offers, attributes=())
    told = tuple(OfferChange(offer.sku, offer, frozenset({"sku", "price", "options"})) for offer in offers)
    (result,) = presta.push_listings([ListingChange("db:1", document, frozenset(), told)])
    assert result.ok and len(set(result.variants.values())) == 3
    listing = presta.parse_listing(result.raw or {})
    assert [offer.sku for offer in listing.offers] == ["NEW-XS", "NEW-S", "NEW-M"]
    assert calls(presta, "combinations", "POST") == 1, "one body with the one that was missing"


def test_variants_of_many_products_are_made_together(presta: PrestaShop) -> None:
    results = presta.push_listings([shirts("SML", name=f"Shirt {number}") for number in range(100)])
    assert all(result.ok for result in results)
    assert calls(presta, "products", "POST") == 2 and calls(presta, "combinations", "POST") == 3
    assert calls(presta, "product_option_values", "POST") == 1


def test_one_that_the_shop_refuses_stops_nobody_else_and_nothing_is_made_twice(presta: PrestaShop) -> None:
    changes = [simple(number) for number in range(60)]
    for bad in (0, 30, 59):
        document = replace(changes[bad].document, brands=(TermDocument("none", "None"),))
        changes[bad] = replace(changes[bad], document=document)
    results = presta.push_listings(changes)
    assert [number for number, result in enumerate(results) if not result.ok] == [0, 30, 59]
    refusal = results[30].refusal
    assert refusal and not refusal.retry and not refusal.in_doubt and "id_manufacturer" in refusal.message
    assert control(presta, "GET", "prestashop/stock") == {f"SKU-{n}": 0 for n in range(60) if n not in (0, 30, 59)}
    page = presta.read_catalogue()
    assert len(page.raws) == 57


def test_one_change_that_the_shop_refuses_stops_nobody_else(presta: PrestaShop) -> None:
    ids = many(presta, 50)
    changes = [update(simple(number), key, "name", name=f"Renamed {key}") for number, key in enumerate(ids)]
    bad = replace(changes[20].document, brands=(TermDocument("none", "None"),))
    changes[20] = replace(changes[20], document=bad, fields=changes[20].fields | {"brands"})
    changes[40] = update(simple(40), "99999", "name", name="Gone")
    results = presta.push_listings(changes)
    assert [number for number, result in enumerate(results) if not result.ok] == [20, 40]
    gone = results[40].refusal
    assert gone and gone.code == "not_found" and "99999" in gone.message
    assert calls(presta, "products*", "PATCH") <= 13, "halves until the culprit is alone"


def test_a_creation_whose_answer_was_lost_is_found_by_its_key(presta: PrestaShop) -> None:
    presta.resolve_terms("tag", [TermDocument("", "x")])
    strike(presta, {"kind": "lost_answer", "method": "POST", "path": "/prestashop/api/products", "times": 1})
    results = presta.push_listings([simple(number) for number in range(3)])
    assert all(result.refusal and result.refusal.in_doubt for result in results)
    found = presta.find_listings([f"db:{number}" for number in range(4)], NOW)
    assert set(found) == {"db:0", "db:1", "db:2"}
    assert presta.parse_listing(found["db:1"]).offers[0].sku == "SKU-1"
    assert len(presta.read_catalogue().raws) == 3


def test_a_shop_that_is_down_is_asked_once(presta: PrestaShop) -> None:
    presta.read_catalogue()
    strike(presta, {"kind": "status", "status": 503, "method": "POST"})
    with pytest.raises(PlatformError) as caught:
        presta.push_listings([simple(number) for number in range(120)])
    assert caught.value.retry and not caught.value.in_doubt
    assert calls(presta, "products", "POST") <= 3


def test_texts_in_every_language(presta: PrestaShop) -> None:
    french = TextsDocument("fr_FR", "Tasse", "<p>Grès</p>", "<p>Bleue</p>")
    english = TextsDocument("en_GB", "Mug", "<p>Stoneware</p>", "<p>Blue</p>")
    change = simple(1, translations=(french, english))
    change = replace(
        change, document=replace(change.document, name="Tasse", description="<p>Grès</p>", summary="<p>Bleue</p>")
    )
    listing, raw = pushed(presta, change)
    assert raw["name"] == {"1": "Tasse", "2": "Mug"} and raw["link_rewrite"] == {"1": "tasse", "2": "mug"}
    assert {texts.language: texts.summary for texts in listing.translations} == {
        "fr_FR": "<p>Bleue</p>",
        "en_US": "<p>Blue</p>",
    }
    renamed = replace(english, name="Big mug")
    later = update(change, listing.product_id, "translations", translations=(french, renamed))
    _listing, raw = pushed(presta, later)
    assert raw["name"] == {"1": "Tasse", "2": "Big mug"}
    assert raw["link_rewrite"] == {"1": "tasse", "2": "mug"}, "an address that may be linked to stays"


def test_a_name_is_cleaned_of_the_signs_that_the_shop_refuses(presta: PrestaShop) -> None:
    change = simple(1)
    change = replace(change, document=replace(change.document, name="Tee <b> {1}; E=mc² #3"))
    listing, _raw = pushed(presta, change)
    assert listing.name == "Tee ‹b› (1), E-mc² 3"


def test_a_sku_is_never_changed_but_refused(presta: PrestaShop) -> None:
    results = presta.push_listings([simple(1, sku="A<B"), simple(2)])
    assert results[0].refusal and results[0].refusal.field == "sku" and results[1].ok


def test_states(presta: PrestaShop) -> None:
    listing, _raw = pushed(presta, simple(1))
    for state, shown in (
        (ListingState.OFF, ListingState.OFF),
        (ListingState.HIDDEN, ListingState.HIDDEN),
        (ListingState.ON, ListingState.ON),
        (ListingState.DRAFT, ListingState.OFF),  # PrestaShop does not tell the two apart
    ):
        found, raw = pushed(presta, update(simple(1), listing.product_id, "state", state=state))
        assert found.state == shown
        assert raw["visibility"] == ("none" if state == ListingState.HIDDEN else raw["visibility"])


def test_a_visibility_that_the_shopkeeper_chose_is_kept(presta: PrestaShop) -> None:
    listing, _raw = pushed(presta, simple(1))
    presta.client.patch("products", {"id": listing.product_id, "visibility": "search", "active": "0"})
    _listing, raw = pushed(presta, update(simple(1), listing.product_id, "state", state=ListingState.ON))
    assert (raw["active"], raw["visibility"]) == ("1", "search")


def test_categories_brands_tags_and_features(presta: PrestaShop) -> None:
    (tea,) = presta.resolve_terms("category", [TermDocument("", "Tea", ("Drinks",))])
    (brand,) = presta.resolve_terms("brand", [TermDocument("", "Lumière & Fils")])
    (tag,) = presta.resolve_terms("tag", [TermDocument("", "bio")])
    attributes = (AttributeDocument("Matière", ("Grès", "Liège"), False),)
    change = simple(1, categories=(tea,), brands=(brand,), tags=(tag,), attributes=attributes)
    listing, raw = pushed(presta, change)
    assert [term.name for term in listing.categories] == ["Tea"] and raw["id_category_default"] == tea.external_id
    assert [term.name for term in listing.brands] == ["Lumière & Fils"]
    assert [term.name for term in listing.tags] == ["bio"]
    assert [(feature.name, feature.values, feature.varies) for feature in listing.attributes] == [
        ("Matière", ("Grès", "Liège"), False)
    ]
    english = presta.client.post("tags", {"id_lang": "2", "name": "organic"})
    rows = [{"id": tag.external_id}, {"id": english["id"]}]
    presta.client.patch("products", {"id": listing.product_id, "associations": {"tags": rows}})
    _listing, raw = pushed(presta, update(change, listing.product_id, "tags", tags=()))
    assert raw["associations"]["tags"] == [{"id": english["id"]}], "those in other languages are not ours"


def test_terms_are_found_before_they_are_made(presta: PrestaShop) -> None:
    wanted = [TermDocument("", "Tea", ("Drinks",)), TermDocument("", "TEA ", ("drinks",)), TermDocument("", "Drinks")]
    first = presta.resolve_terms("category", wanted)
    assert first[0].external_id == first[1].external_id != first[2].external_id
    assert calls(presta, "categories", "POST") == 2, "a level of the tree at a time"
    assert presta.resolve_terms("category", wanted) == first
    assert calls(presta, "categories", "POST") == 2
    assert presta.read_terms("category") == [
        TermDocument(first[2].external_id, "Drinks"),
        TermDocument(first[0].external_id, "Tea", ("Drinks",)),
    ]


def test_weights_are_in_the_shops_unit(presta: PrestaShop) -> None:
    (row,) = presta.client.page("configurations", {"name": "[PS_WEIGHT_UNIT]"})
    presta.client.patch("configurations", {"id": row["id"], "value": "g"})
    listing, raw = pushed(presta, simple(1, weight=Decimal("0.25")))
    assert raw["weight"] == "250.000000" and listing.offers[0].weight == Decimal("0.25")


def test_what_is_sent_fits_the_vendors_synopsis(presta: PrestaShop, contracts: Path, monkeypatch: Any) -> None:
    """Every field and association that is written exists, and none of them is read-only."""
    sent: list[tuple[str, bytes]] = []
    request = presta.client.request

    def spy(method: str, path: str, *args: Any, **options: Any) -> Any:
        if method in ("POST", "PUT", "PATCH"):
            sent.append((path.partition("/")[0], options["body"]))
        return request(method, path, *args, **options)

    monkeypatch.setattr(presta.client, "request", spy)
    presta.resolve_terms("category", [TermDocument("", "Tea")])
    feature = AttributeDocument("Matière", ("Grès",), False)
    presta.push_listings([shirts("SM"), simple(1, sale_price=Decimal(9), attributes=(feature,))])
    assert {resource for resource, _body in sent} >= {"products", "combinations", "specific_prices", "categories"}
    for resource, body in sent:
        file = contracts / "prestashop" / "synopsis-9.0.3" / f"{resource}.synopsis.xml"
        (synopsis,) = xml.parse(file.read_bytes())
        fields = {str(node.tag): node for node in synopsis}
        groups = {
            str(node.tag): {str(cell.tag) for row in node for cell in row}
            for node in synopsis.iterfind("associations/*")
        }
        for node in xml.parse(body):
            for name, value in xml.record(node).items():
                if name == "associations":
                    assert all(set(row) <= groups[group] for group, rows in value.items() for row in rows)
                elif name != "id":
                    assert name in fields and fields[name].get("readOnly") is None, (resource, name)


def test_a_module_that_php_warns_of_stops_nothing(presta: PrestaShop) -> None:
    """The shop answers 500 to every record, which it saved all the same."""
    shop = become(presta, warnings=["products", "combinations"])
    results = shop.push_listings([simple(number) for number in range(4)] + [shirts("SM")])
    assert all(result.ok for result in results), [result.refusal or result.offers for result in results]
    assert len(shop.read_catalogue().raws) == 5
    changes = [update(simple(n), one.product_id, "name", name=f"New {n}") for n, one in enumerate(results[:4])]
    bad = replace(changes[2].document, brands=(TermDocument("none", "None"),))
    changes[2] = replace(changes[2], document=bad, fields=changes[2].fields | {"brands"})
    again = shop.push_listings(changes)
    assert [number for number, result in enumerate(again) if not result.ok] == [2]
    assert [shop.parse_listing(raw).name for raw in shop.read_catalogue().raws][:4] == [
        "New 0",
        "New 1",
        "Product 2",
        "New 3",
    ]


def test_a_record_that_the_shop_cannot_save_stops_nobody_else(presta: PrestaShop) -> None:
    ids = many(presta, 2)
    error = "<error><code>46</code><message>Unable to save resource</message></error>"
    body = f"<prestashop><errors>{error}</errors></prestashop>"
    strike(presta, {"kind": "status", "status": 500, "method": "PATCH", "body": body, "times": 6})
    changes = [update(simple(n), key, "name", name=f"New {n}") for n, key in enumerate(ids)]
    results = presta.push_listings(changes)
    assert [result.ok for result in results][-1], "the shop is not taken to be down"
    assert all("Unable to save" in result.refusal.message for result in results if result.refusal)


def test_a_sku_is_not_made_a_second_time(presta: PrestaShop) -> None:
    """PrestaShop itself would take it, and have two products that no order tells apart."""
    (mug,) = many(presta, 1)
    (shirt,) = many(presta, 1, variants=2)
    taken = simple(1, sku="bulk-000001")
    results = presta.push_listings([taken, simple(2), shirts(["x"], name="BULK-000001")])
    assert [result.ok for result in results] == [False, True, True]
    refusal = results[0].refusal
    assert refusal and (refusal.code, refusal.field) == ("duplicate_sku", "sku") and mug in refusal.message
    (result,) = presta.push_listings([simple(3, sku="BULK-000001-S")])
    assert result.refusal and shirt in result.refusal.message, "a variant has it"
    twins = presta.push_listings([simple(5, sku="TWIN"), simple(6, sku="Twin")])
    assert [result.ok for result in twins] == [True, False]
    own = replace(simple(4, sku="BULK-000001"), document=replace(simple(4, sku="BULK-000001").document, product_id=mug))
    assert presta.push_listings([own])[0].ok, "it is this one's own"


def test_a_refusal_names_the_field(presta: PrestaShop) -> None:
    change = simple(1, brands=(TermDocument("none", "None"),))
    (result,) = presta.push_listings([change])
    assert result.refusal and result.refusal.field == "brands"
    assert "Product->id_manufacturer" in result.refusal.message


def test_a_slow_shop_is_given_less_at_a_time(presta: PrestaShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platforms.prestashop.publishing_calls._SLOW", 0.0)
    results = presta.push_listings([simple(number) for number in range(60)])
    assert all(result.ok for result in results)
    assert calls(presta, "products", "POST") == 2, "fifty, then ten of what would be twenty-five"


def test_a_shop_of_1_7_comes_to_show_the_same(presta: PrestaShop) -> None:
    """Without PATCH: combinations and prices are read, changed and put back whole."""
    shown = {}
    for version in ("8.1.2", "1.7.8.11"):
        shop = become(presta, version)
        change = shirts("SM", name=f"Shirt {version}")
        (made,) = shop.push_listings([change])
        assert made.ok, (made.refusal, made.offers)
        offers = tuple(
            replace(told.document, variant_id=made.variants[told.key], price=Decimal(25), sale_price=Decimal(place))
            for place, told in enumerate(change.offers, 20)
        )
        for fields in ({"price", "sale_price"}, {"sku", "barcode", "weight"}):
            told = tuple(
                OfferChange(one.key, replace(offer, barcode="2000000001012", weight=Decimal("0.3")), frozenset(fields))
                for one, offer in zip(change.offers, offers, strict=True)
            )
            document = replace(change.document, product_id=made.product_id, offers=offers)
            (result,) = shop.push_listings([ListingChange(change.key, document, frozenset({"name"}), told)])
            assert result.ok, (result.refusal, result.offers)
        later = tuple(OfferChange(one.key, replace(one.document, sale_price=Decimal(9)), one.fields) for one in told)
        later = tuple(replace(one, fields=frozenset({"sale_price"})) for one in later)
        (result,) = shop.push_listings([ListingChange(change.key, document, frozenset(), later)])
        assert result.ok
        listing = shop.parse_listing(result.raw or {})
        shown[version] = [
            (one.sku.replace(version, ""), one.barcode, one.price, one.sale_price, one.weight) for one in listing.offers
        ]
    assert shown["8.1.2"] == shown["1.7.8.11"]
    assert shown["8.1.2"][0] == ("Shirt -S", "2000000001012", Decimal(25), Decimal(9), Decimal("0.3"))
    assert calls(presta, "*", "PUT") == 5, "the product and its combinations twice, the prices once"


@given(name=st.text(max_size=200))
def test_any_name_is_made_one_that_the_shop_takes(name: str) -> None:
    assert re.fullmatch(r"[^<>;=#{}]{0,128}", product_body.clean_name(name))
    assert re.fullmatch(r"[^<>={}]{0,128}", product_body.clean_value(name))
    assert re.fullmatch(r"[_a-zA-Z0-9-]{1,128}", product_body.slug(name))
    assert re.fullmatch(r"[^<>;={}|\[\],%]{0,64}", product_body.kept_key(name))


@pytest.mark.parametrize("blocked", [["PATCH"], ["PUT", "PATCH", "DELETE"]])
def test_a_host_that_lets_nothing_but_get_and_post_by(presta: PrestaShop, blocked: list[str]) -> None:
    """The webservice takes a POST for what ``ps_method`` says."""
    (key,) = many(presta, 1)
    shop = become(presta, blocked=blocked)
    change = simple(1)
    (result,) = shop.push_listings([update(change, key, "name", name="Through the wall")])
    assert result.ok and shop.parse_listing(result.raw or {}).name == "Through the wall"
    assert shop.push_listings([update(change, key, "name", name="Again")])[0].ok
    assert calls(presta, "products*", "PATCH") == 1, "tried once, and known from then on"
    assert calls(presta, "products*", "POST") == 2 and calls(presta, "products*", "PUT") == 0


def test_a_firewall_stops_the_product_whose_words_it_dislikes(presta: PrestaShop) -> None:
    shop = become(presta, forbidden="UNION SELECT")
    changes = [simple(number) for number in range(20)]
    bad = replace(changes[7].document, description="<p>What UNION SELECT does</p>")
    changes[7] = replace(changes[7], document=bad)
    results = shop.push_listings(changes)
    assert [number for number, result in enumerate(results) if not result.ok] == [7]
    refusal = results[7].refusal
    assert refusal and refusal.code == "blocked" and not refusal.retry and not refusal.in_doubt
    assert len(shop.read_catalogue().raws) == 19 and calls(presta, "products*", "POST") <= 13
    told = [(change, result) for change, result in zip(changes, results, strict=True) if result.ok]
    again = [update(change, result.product_id, "name", name="New") for change, result in told]
    again[3] = update(again[3], again[3].document.product_id, "description", description="<p>UNION SELECT</p>")
    results = shop.push_listings(again)
    assert [number for number, result in enumerate(results) if not result.ok] == [3]


def test_a_firewall_that_lets_nothing_by_is_asked_no_further(presta: PrestaShop) -> None:
    ids = many(presta, 40)
    presta.read_catalogue()
    strike(presta, *({"kind": "status", "status": 403, "method": method} for method in ("PATCH", "PUT", "POST")))
    with pytest.raises(PlatformError) as caught:
        presta.push_listings([update(simple(1), key, "name", name="New") for key in ids])
    assert caught.value.status == 403 and not caught.value.retry
    assert calls(presta, "products*") <= 25
