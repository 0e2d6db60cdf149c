"""The media library: files that were uploaded, pictures that the shop fetches from an address, and where they lie."""

from __future__ import annotations

import base64
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import requests
from werkzeug.wrappers import Response

from ..delivery import is_loopback
from . import dates
from .errors import RestError
from .shop import Shop
from .text import slugify

Doc = dict[str, Any]
UPLOADS = "/wp-content/uploads/"
SECONDS = 10
REDIRECTS = 5
LARGEST = 50_000_000
# What WordPress lets in by its name and, for pictures, by its first bytes (source: ``wp_get_mime_types``).
TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}
FETCHED = ("image/jpeg", "image/png", "image/gif", "image/webp")  # source: ``wc_rest_allowed_image_mime_types``
BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
NOT_ALLOWED = "Sorry, you are not allowed to upload this file type."


class Refused(Exception):
    """A file that the library does not take, in WordPress' words."""


def keep(shop: Shop, name: str, content: bytes, title: str = "", alt: str = "", slug: str = "") -> Doc:
    """Put a file into the library, under a name of its own in the month's folder.

    :raise Refused: for a type that is not let in: by the extension, and for pictures by what is in them.
    """
    mimetype = TYPES.get(PurePosixPath(name).suffix[1:].lower(), "")
    real = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), "")
    if not mimetype or (mimetype.startswith("image/") and mimetype != "image/avif" and not real):
        raise Refused(NOT_ALLOWED)
    now = shop.now()
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix.lower()
    stem = re.sub(r"[^\w.-]+", "-", unquote(stem)).strip("-") or "file"
    taken = {doc["file"] for doc in shop.all("media").values()}
    file, number = f"{now[:4]}/{now[5:7]}/{stem}{suffix}", 1
    while file in taken:
        file, number = f"{now[:4]}/{now[5:7]}/{stem}-{number}{suffix}", number + 1
    doc = {
        "id": shop.next_id("post"),
        "created": now,
        "modified": now,
        "file": file,
        "name": title or stem,
        "slug": _free_slug(shop, slugify(slug or title or stem)),
        "alt": alt,
        "mimetype": real or mimetype,
        "size": len(content),
        "content": base64.b64encode(content).decode(),
    }
    shop.put("media", doc)
    return doc


def _free_slug(shop: Shop, slug: str) -> str:
    taken = {doc["slug"] for doc in shop.all("media").values()}
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def url(shop: Shop, doc: Doc) -> str:
    """Where a file is shown."""
    return f"{shop.url}{UPLOADS}{quote(doc['file'])}"


def serve(shop: Shop, path: str) -> Response:
    """``GET /wp-content/uploads/...``."""
    file = unquote(path.removeprefix(UPLOADS))
    doc = next((doc for doc in shop.all("media").values() if doc["file"] == file), None)
    if doc is None:
        return Response("Not found.\n", 404)
    return Response(base64.b64decode(doc["content"]), content_type=doc["mimetype"])


# --- pictures of products


def pictures(shop: Shop, posted: list[Doc], kind: str = "product") -> list[Doc]:
    """A product's pictures, in order: those of the library by id, others fetched; ``alt`` and ``name`` if given.

    :raise RestError: 400, for one that cannot be had (source: ``WC_REST_Products_Controller::set_product_images``)
    """
    found = []
    for image in posted:
        doc = shop.load("media", _number(image.get("id")))
        if not _number(image.get("id")) and image.get("src"):
            try:
                doc = fetch(shop, str(image["src"]))
            except Refused as refusal:
                raise RestError(f"woocommerce_{kind}_image_upload_error", str(refusal), 400) from refusal
        if doc is None or not doc["mimetype"].startswith("image/"):
            key = _number(image.get("id"))
            raise RestError(f"woocommerce_{kind}_invalid_image_id", f"#{key} is an invalid image ID.", 400)
        # An empty text says nothing: ``! empty( $image['alt'] )``.
        doc.update({ours: image[ours] for ours in ("alt", "name") if image.get(ours)})
        shop.put("media", doc)
        found.append({"id": doc["id"], "src": url(shop, doc), "name": doc["name"], "alt": doc["alt"]})
    return found


def _number(value: Any) -> int:
    return int(value) if str(value or "").isdigit() else 0


def picture(shop: Shop, kept: Doc | None) -> Doc | None:
    """A product's picture as the API shows it; one that is gone from the library is shown as it was."""
    if kept is None:
        return None
    doc = shop.peek("media", kept["id"])
    if doc is None:
        return kept
    return {
        "id": doc["id"],
        **dates.both("date_created", doc["created"], shop.zone),
        **dates.both("date_modified", doc["modified"], shop.zone),
        "src": url(shop, doc),
        "name": doc["name"],
        "alt": doc["alt"],
    }


def fetch(shop: Shop, address: str) -> Doc:
    """Fetch a picture from this machine and keep it. The name, with its extension, is the end of the address.

    :raise Refused: in the words of ``wc_rest_upload_image_from_url``
    """
    if not urlsplit(address).netloc:
        raise Refused(f"Invalid URL {address}.")
    try:
        content = _own(shop, address) or _remote(address)
    except (requests.RequestException, Refused) as error:
        words = str(error) if isinstance(error, Refused) else f"cURL error 7: {type(error).__name__}"
        raise Refused(f"Error getting remote image {address}. Error: {words}") from error
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    if TYPES.get(PurePosixPath(name).suffix[1:].lower(), "") not in FETCHED:
        raise Refused(f"Invalid image: {NOT_ALLOWED}")
    try:
        return keep(shop, name, content)
    except Refused as refusal:
        raise Refused(f"Invalid image: {refusal}") from refusal


def _own(shop: Shop, address: str) -> bytes | None:
    """A file of the shop's own: asking for it over HTTP would wait for the answer to this very request."""
    prefix = f"{shop.url}{UPLOADS}"
    if not address.startswith(prefix):
        return None
    response = serve(shop, address.removeprefix(shop.url).split("?")[0])
    if response.status_code != 200:
        raise Refused("Not Found")
    return response.get_data()


def _remote(address: str) -> bytes:
    """The sandbox asks nobody but this machine, wherever it is redirected to."""
    with requests.Session() as session:
        session.trust_env = False
        for _turn in range(REDIRECTS + 1):
            if not is_loopback(address):
                raise Refused("A valid URL was not provided.")
            with session.get(address, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
                if answer.is_redirect:
                    address = urljoin(address, answer.headers["Location"])
                    continue
                if answer.status_code != 200:
                    raise Refused(answer.reason or str(answer.status_code))
                content = answer.raw.read(LARGEST + 1, decode_content=True)
                if len(content) > LARGEST:
                    raise Refused("The uploaded file exceeds the upload_max_filesize directive in php.ini.")
                return bytes(content)
    raise Refused("Too many redirects.")
