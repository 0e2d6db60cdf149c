"""Pictures of products, and attachments: what is sent as a form, and shown to anybody."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from werkzeug.wrappers import Request, Response

from ..store import Doc
from . import wire
from .errors import PlainAnswer, WsError
from .fields import RESOURCES
from .hooks import Hooks
from .shop import Shop

_KINDS = {
    b"\x89PNG\r\n\x1a\n": ("image/png", b"IEND"),
    b"\xff\xd8\xff": ("image/jpeg", b"\xff\xd9"),
    b"GIF8": ("image/gif", b";"),
}
_LARGEST = 3 * 1024 * 1024  # ``imgMaxUploadSize`` of the webservice's source


def of_product(shop: Shop, product: int | str) -> list[Doc]:
    """A product's pictures by their places, to read only."""
    found = shop.where("images", "id_product", str(product))
    return sorted(found, key=lambda row: (int(row["position"]), row["id"]))


def cover_of(shop: Shop, product: int | str) -> str:
    """The picture shown first, ``""`` for none."""
    return next((str(row["id"]) for row in of_product(shop, product) if row["cover"] == "1"), "")


def make_cover(shop: Shop, product: int | str, key: str) -> None:
    """No picture of the product is one, when it is none of the product's."""
    for row in list(of_product(shop, product)):
        shop.change("images", row["id"], cover="1" if str(row["id"]) == key else "")


def serve(shop: Shop, request: Request, parts: list[str]) -> Response:
    """``/api/images/products/<product>[/<picture>]``"""
    if parts[1:2] != ["products"] or len(parts) < 3:
        raise WsError(400, (60, 'The image id is invalid. Please set a valid id or the "default" value'))
    method = request.args.get("ps_method", request.method).upper()
    product, key = parts[2], parts[3] if len(parts) > 3 else ""
    if not key and method == "POST":
        return _add(shop, request, product)
    if not key:
        return _listed(shop, product)
    row = next((row for row in of_product(shop, product) if str(row["id"]) == key), None)
    if row is None:
        raise WsError(400, (57, "This image id does not exist"))
    if method == "DELETE":
        remove(shop, row)
        return Response("", 200, content_type="text/xml;charset=utf-8")
    return _picture(row)


def _picture(row: Doc) -> Response:
    if not row["content"]:
        raise WsError(500, (61, "This image does not exist on disk"))
    return Response(base64.b64decode(row["content"]), 200, content_type=row["kind"])


def _listed(shop: Shop, product: str) -> Response:
    rows = of_product(shop, product)
    if not rows:
        raise PlainAnswer(404, content_type="")
    link = f"{shop.url}/api/images/products/{product}"
    lines = [f'<declination id="{row["id"]}" xlink:href="{link}/{row["id"]}"/>' for row in rows]
    body = "\n".join([f'<image id="{product}">', *lines, "</image>"])
    return Response(f"{wire.HEAD}{body}\n{wire.TAIL}", 200, content_type="text/xml;charset=utf-8")


def _add(shop: Shop, request: Request, product: str) -> Response:
    """A record is made before the file is looked into: one that PHP chokes on leaves it behind (observed on 8.1.2)."""
    file = request.files.get("image")
    content = file.read() if file else b""
    if not content:
        raise WsError(400, (76, 'Please set an "image" parameter with image data for value'))
    if len(content) > _LARGEST:
        raise WsError(400, (72, f"The image size is too large (maximum allowed is {_LARGEST // 1000} KB)"))
    kind = next((found for start, found in _KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise WsError(
            400, (76, "Image upload error : Image format not recognized, allowed formats are: .gif, .jpg, .png")
        )
    if shop.peek("products", product) is None:
        raise WsError(400, (76, f"Product {product} does not exist"))
    row = add(shop, product, content if kind[1] in content[-16:] else b"", kind[0])
    if not row["content"]:
        raise PlainAnswer(500)
    blank = "".join(f'<language id="{key}"><![CDATA[]]></language>' for key in shop.languages)
    cells = "".join(f"<{name}><![CDATA[{row[name]}]]></{name}>\n" for name in ("id", "id_product", "position", "cover"))
    picture = f'<content encode="base64"><![CDATA[{row["content"]}]]></content>'
    body = f"<image>\n{cells}<legend>{blank}</legend>\n</image>\n{picture}"
    return Response(f"{wire.HEAD}{body}\n{wire.TAIL}", 200, content_type="text/xml;charset=utf-8")


def add(shop: Shop, product: int | str, content: bytes, kind: str = "image/png") -> Doc:
    """A picture after the others; the first is the cover."""
    there = of_product(shop, product)
    row = {
        "id": shop.next_id("images"),
        "id_product": str(product),
        "position": str(max((int(one["position"]) for one in there), default=0) + 1),
        "cover": "" if any(one["cover"] == "1" for one in there) else "1",
        "kind": kind,
        "content": base64.b64encode(content).decode(),
    }
    shop.put("images", row)
    return row


def remove(shop: Shop, row: Doc) -> None:
    """The next picture is the cover when the cover goes."""
    shop.remove("images", row["id"])
    left = of_product(shop, row["id_product"])
    if row["cover"] == "1" and left:
        shop.change("images", left[0]["id"], cover="1")


def page(shop: Shop, path: str) -> Response | None:
    """``/img/p/1/2/12.jpg``: what anybody sees."""
    key = path.rsplit("/", 1)[-1].removesuffix(".jpg")
    row = shop.peek("images", key) if key.isdecimal() else None
    if row is None or path != f"/img/p/{'/'.join(key)}/{key}.jpg" or not row["content"]:
        return None
    return _picture(row)


# --- attachments


def attach(shop: Shop, request: Request, parts: list[str]) -> Response:
    """``/api/attachments/file``: a document, as a form sends it."""
    file = request.files.get("file")
    if request.method != "POST" or file is None:
        raise WsError(400, (1, "No file was sent"))
    content = file.read()
    languages = shop.languages
    name = request.form.get("name", "")
    doc: dict[str, Any] = {
        "id": shop.next_id("attachments"),
        "file": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "file_name": file.filename or "",
        "file_size": str(len(content)),
        "mime": file.mimetype,
        "name": {key: name if key == languages[0] else "" for key in languages},
        "description": dict.fromkeys(languages, ""),
        "associations": {"products": []},
    }
    shop.put("attachments", doc)
    shown = wire.one(shop.url, RESOURCES["attachments"], doc)
    return Response(f"{wire.HEAD}{shown}\n{wire.TAIL}", 200, content_type="text/xml;charset=utf-8")


HOOKS: dict[str, Hooks] = {}
SPECIAL = {"images": serve, "attachments/file": attach}
