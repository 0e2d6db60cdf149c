"""A shop that cannot be given files fetches a product's pictures from Odoo, and nobody fetches anything else."""

from __future__ import annotations

import base64
import struct
import urllib.error
import urllib.request
import zlib

import shop
from dev.sandbox import SandboxServer
from dev.server import OdooServer


def png(red: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes([0, red, 0, 0])))
        + chunk(b"IEND", b"")
    )


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {}, error.read()


def test_a_picture_is_fetched_by_its_address_and_by_no_other(odoo: OdooServer, sandbox: SandboxServer) -> None:
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    content = png(200)
    product = admin.call(
        "product.template", "create", {"name": "Théière", "image_1920": base64.b64encode(content).decode()}
    )
    admin.call("ecom.listing", "create", [{"channel_id": channel, "product_tmpl_id": product, "kept_up": True}])
    rows, _ = shop.wait_for(lambda: admin.search_read("ecom.media", [], "checksum", "address"))
    (row,) = rows
    address = row["address"]
    assert address.startswith(odoo.url)

    status, headers, body = get(address)
    assert (status, headers["content-type"], body) == (200, "image/png", content)
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers

    start, signature, name = address.rsplit("/", 2)
    for wrong in (
        f"{start}/{'0' * len(signature)}/{name}",
        f"{start}/{signature[:-1]}{'0' if signature[-1] != '0' else '1'}/{name}",
        address.replace(row["checksum"], "0" * 40),
        address.replace(f"/media/{channel}/", f"/media/{channel + 1}/"),
        f"{odoo.url}/ecom/media/{channel}/",
    ):
        assert get(wrong)[0] == 404, wrong

    admin.call("product.template", "write", [product], {"image_1920": base64.b64encode(png(10)).decode()})
    assert get(address)[0] == 404, "the picture is another one now"
    admin.call("product.template", "write", [product], {"image_1920": base64.b64encode(content).decode()})
    assert get(address)[0] == 200
    shop.wait_for(lambda: shop.archived(admin, channel))
    assert get(address)[0] == 404, "an archived channel shows nothing"
