"""Pictures, brands and the media library of the simulated WooCommerce."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sandbox_support import KEY, SECRET, ShopClient

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MEDIA = "/wp-json/wp/v2/media"


@pytest.fixture
def pictures() -> Iterator[str]:
    """The address of a server that has ``/a.png`` and ``/bare``, redirects ``/away.png``, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/away.png":
                self.send_response(302)
                self.send_header("Location", "http://192.0.2.1/a.png")
                self.end_headers()
                return
            known = self.path.split("?")[0] in ("/a.png", "/bare")
            self.send_response(200 if known else 404)
            self.end_headers()
            if known:
                self.wfile.write(PIXEL)

        def log_message(self, *_: Any) -> None:
            """Nothing to print."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_picture_by_its_address_is_fetched_kept_and_served(shop: ShopClient, pictures: str) -> None:
    images = [{"src": f"{pictures}/a.png?v=2", "alt": "Une tasse"}]
    product = shop.post("products", {"name": "Mug", "images": images})
    (image,) = product["images"]
    assert image["alt"] == "Une tasse" and image["name"] == "a" and "/wp-content/uploads/" in image["src"]
    shown = shop.client.get("/" + image["src"].split("/", 3)[3])
    assert (shown.status_code, shown.content_type, shown.get_data()) == (200, "image/png", PIXEL)
    again = shop.post("products", {"name": "Cup", "images": [{"id": image["id"]}]})
    assert again["images"] == product["images"], "by its id it is the same"


@pytest.mark.parametrize(
    ("path", "words"), [("gone.png", "Not Found"), ("away.png", "A valid URL"), ("bare", "not allowed to upload")]
)
def test_a_picture_that_cannot_be_had_refuses_its_product_alone(
    shop: ShopClient, pictures: str, path: str, words: str
) -> None:
    answer = shop.post(
        "products/batch",
        {"create": [{"name": "Bad", "images": [{"src": f"{pictures}/{path}"}]}, {"name": "Good"}]},
    )
    error = answer["create"][0]["error"]
    assert error["code"] == "woocommerce_product_image_upload_error" and words in error["message"]
    assert [product["name"] for product in shop.get("products")] == ["Good"]


def test_a_variation_has_its_own_picture_until_an_empty_text_clears_it(shop: ShopClient, pictures: str) -> None:
    size = {"name": "Size", "variation": True, "options": ["S"]}
    key = shop.post("products", {"name": "T-shirt", "type": "variable", "attributes": [size]})["id"]
    values = {"attributes": [{"name": "Size", "option": "S"}], "image": {"src": f"{pictures}/a.png"}}
    variation = shop.post(f"products/{key}/variations", values)
    assert variation["image"]["src"].endswith("/a.png")
    update = {"id": variation["id"], "image": ""}
    assert shop.post(f"products/{key}/variations/batch", {"update": [update]})["update"][0]["image"] is None


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_the_library_takes_an_application_password_and_no_consumer_key(shop: ShopClient) -> None:
    headers = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="mug.png"'}

    def upload(who: dict[str, str], **more: str) -> Any:
        sent = {**headers, **who, **more}
        return shop.client.post(MEDIA, data=PIXEL, headers=sent, query_string={"slug": "odoo-1", "alt_text": "Tasse"})

    assert upload({}).json["code"] == "rest_cannot_create"
    assert upload(_basic(KEY, SECRET)).json["code"] == "invalid_username"
    assert upload(_basic("sandbox", "wrong")).json["code"] == "incorrect_password"
    known = _basic("sandbox", "sandboxsandboxsandboxsan")
    first = upload(known)
    assert (first.status_code, first.json["alt_text"], first.json["slug"]) == (201, "Tasse", "odoo-1")
    assert first.json["source_url"].endswith("/mug.png")
    second = upload(known).json
    assert second["slug"] == "odoo-1-2" and second["source_url"].endswith("/mug-1.png")
    found = shop.client.get(MEDIA, query_string={"slug": "odoo-1,other"}).json
    assert [row["id"] for row in found] == [first.json["id"]]
    refused = upload(known, **{"Content-Disposition": 'attachment; filename="mug.exe"'})
    assert (refused.status_code, refused.json["code"]) == (500, "rest_upload_sideload_error")
    assert shop.post("products", {"name": "Mug", "images": [{"id": first.json["id"]}]})["images"][0]["alt"] == "Tasse"


def test_brands_are_a_tree_and_products_have_some(shop: ShopClient) -> None:
    house = shop.post("products/brands", {"name": "Bed & Bath"})
    assert house["name"] == "Bed &amp; Bath", "as WordPress keeps it"
    line = shop.post("products/brands", {"name": "Linen", "parent": house["id"]})
    key = shop.post("products", {"name": "Towel", "brands": [{"id": line["id"]}]})["id"]
    shop.post("products", {"name": "Mug"})
    assert shop.get(f"products/{key}")["brands"] == [{"id": line["id"], "name": "Linen", "slug": "linen"}]
    assert [product["id"] for product in shop.get("products", brand=line["id"])] == [key]
    answer = shop.request("POST", "products/brands", {"name": "bed & bath"})
    assert answer.json["data"] == {"status": 400, "resource_id": house["id"]}


def test_a_variation_has_only_what_its_product_varies_by(shop: ShopClient) -> None:
    attributes = [
        {"name": "Size", "variation": True, "options": ["S"]},
        {"name": "Fabric", "variation": False, "options": ["Linen"]},
    ]
    key = shop.post("products", {"name": "T-shirt", "type": "variable", "attributes": attributes})["id"]
    options = [{"name": "Size", "option": "S"}, {"name": "Fabric", "option": "Linen"}, {"name": "Odd", "option": "1"}]
    found = shop.post(f"products/{key}/variations", {"attributes": options})
    assert [option["name"] for option in found["attributes"]] == ["Size"]


def test_the_name_of_an_attribute_may_not_be_long_or_reserved(shop: ShopClient) -> None:
    for name, words in (("A name that is far too long for it", "too long"), ("Type", "reserved")):
        answer = shop.request("POST", "products/attributes", {"name": name})
        assert answer.json["code"] == "woocommerce_rest_cannot_create" and words in answer.json["message"]
    assert shop.post("products/attributes", {"name": "Type", "slug": "type-1"})["slug"] == "pa_type-1"
