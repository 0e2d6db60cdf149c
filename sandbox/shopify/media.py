"""Files: staged uploads, the shop's files and a product's media. A file is worked on for a while after it came."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.wrappers import Request, Response

from ..store import Doc
from . import gid
from .listing import Listing
from .resolving import Context, Refused, answers, loads, mutation, query
from .routes import ROUTES
from .search import Field
from .shop import Shop

TYPES = {"IMAGE": "MediaImage", "FILE": "GenericFile", "VIDEO": "Video", "EXTERNAL_VIDEO": "ExternalVideo"}
FILES = Listing(
    "files",
    {
        "filename": Field("text", lambda doc: doc["filename"]),
        "media_type": Field("text", lambda doc: doc["contentType"]),
        "status": Field("text", lambda doc: doc["status"]),
    },
)
STAGED = "/staged/"
CDN = "/cdn/shop/files/"


def _loader(kind: str) -> Any:
    def load(shop: Shop, number: int) -> Doc | None:
        found = shop.peek("files", number)
        return found if found and found["__typename"] == kind else None

    return load


for _type in TYPES.values():
    loads(_type)(_loader(_type))


# Uploads


@mutation("stagedUploadsCreate")
def _stage(source: Any, ctx: Context, args: Doc) -> Doc:
    targets = []
    for row in args["input"]:
        if row["resource"] == "VIDEO" and not row.get("fileSize"):
            raise Refused("fileSize is required for videos", ["input", "fileSize"])
        number = ctx.shop.next_id("upload")
        key = f"tmp/68000000001/{row['resource'].lower()}/{number}/{row['filename']}"
        ctx.shop.put("uploads", {"id": number, "key": key, "body": None, "mime": row["mimeType"]})
        url = f"{ctx.shop.url}{STAGED}"
        parameters = [{"name": "Content-Type", "value": row["mimeType"]}, {"name": "success_action_status",
                      "value": "201"}, {"name": "acl", "value": "private"}, {"name": "key", "value": key}]  # fmt: skip
        targets.append({"url": url, "resourceUrl": f"{url}{key}", "parameters": parameters})
    return {"stagedTargets": targets}


def _upload(shop: Shop, request: Request, rest: str) -> Response:
    """What is posted as a form, its file last, is kept under the key that was given out for it."""
    key, file = request.form.get("key", ""), request.files.get("file")
    found = next((doc for doc in shop.all("uploads").values() if doc["key"] == key), None)
    if request.method != "POST" or found is None or file is None:
        return Response("<Error><Code>InvalidArgument</Code></Error>", 400, mimetype="application/xml")
    content = file.read()
    try:
        body = {"body": content.decode(), "size": len(content)}
    except UnicodeDecodeError:
        body = {"body": base64.b64encode(content).decode(), "binary": True, "size": len(content)}
    shop.put("uploads", {**found, **body})
    return Response("<PostResponse/>", 201, mimetype="application/xml")


ROUTES[STAGED] = _upload


def _download(shop: Shop, request: Request, rest: str) -> Response:
    found = next((doc for doc in shop.all("files").values() if doc["filename"] == unquote(rest)), None)
    upload = found and shop.peek("uploads", found.get("uploadId") or 0)
    if not upload:
        return Response("Not Found\n", 404)
    content = base64.b64decode(upload["body"]) if upload.get("binary") else upload["body"].encode()
    return Response(content, mimetype=upload["mime"])


ROUTES[CDN] = _download


# Files


def make(shop: Shop, row: Doc, where: list[str]) -> Doc:
    """A file of the shop, from an upload or from an address.

    :raise Refused: for an upload that never came, and a name that is taken.
    """
    source = row["originalSource"]
    kind = row.get("contentType") or "IMAGE"
    upload = None
    if STAGED in source:
        upload = next((doc for doc in shop.all("uploads").values() if doc["key"] == source.split(STAGED)[1]), None)
        if upload is None or upload["body"] is None:
            raise Refused("The file could not be found at its source", [*where, "originalSource"], "INVALID")
    name = row.get("filename") or unquote(urlsplit(source).path.rpartition("/")[2]) or "file"
    same = next((doc for doc in shop.all("files").values() if doc["filename"] == name), None)
    if same and row.get("duplicateResolutionMode") == "RAISE_ERROR":
        raise Refused("A file with this name exists already", [*where, "filename"], "FILENAME_ALREADY_EXISTS")
    replaced = same if same and row.get("duplicateResolutionMode") == "REPLACE" else None
    number = replaced["id"] if replaced else shop.next_id("file")
    if same and not replaced:
        stem, _dot, extension = name.rpartition(".")
        name = f"{stem}_{number}.{extension}"
    now = shop.now()
    return shop.put(
        "files",
        {
            "id": number, "__typename": TYPES.get(kind, "GenericFile"), "contentType": kind, "filename": name,
            "alt": row.get("alt") or "", "mimeType": (upload or {}).get("mime"), "uploadId": upload and upload["id"],
            "originUrl": source, "host": "YOUTUBE", "createdAt": now, "updatedAt": now, "status": "UPLOADED",
            "readyAt": shop.clock.timestamp() + shop.settings["media_seconds"],
        },
    )  # fmt: skip


def ready(shop: Shop, doc: Doc) -> bool:
    """Whether the shop has done with a file."""
    return bool(shop.clock.timestamp() >= doc["readyAt"])


@mutation("fileCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    rows = args["files"]
    for place, row in enumerate(rows):
        if len(row.get("alt") or "") > 512:
            raise Refused("Alt text is too long", ["files", str(place), "alt"], "ALT_VALUE_LIMIT_EXCEEDED")
    return {"files": [make(ctx.shop, row, ["files", str(place)]) for place, row in enumerate(rows)]}


@mutation("fileUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    found = []
    for place, row in enumerate(args["files"]):
        doc = ctx.shop.load("files", gid.number(row["id"]))
        if doc is None:
            raise Refused("File does not exist", ["files", str(place), "id"], "FILE_DOES_NOT_EXIST")
        if not ready(ctx.shop, doc):
            raise Refused("Non-ready files cannot be updated", ["files", str(place), "id"], "NON_READY_STATE")
        found.append(ctx.shop.put("files", {**doc, "alt": row.get("alt", doc["alt"]), "updatedAt": ctx.shop.now()}))
    return {"files": found}


@query("files")
def _files(source: Any, ctx: Context, args: Doc) -> Any:
    return FILES.find(ctx, args)


# A product's media


def check(shop: Shop, rows: Iterable[Doc], where: list[str]) -> None:
    """Refuse files that do not exist."""
    for place, row in enumerate(rows):
        if row.get("id") and shop.peek("files", gid.number(row["id"])) is None:
            raise Refused("File does not exist", [*where, str(place), "id"], "NOT_FOUND")


def attach(shop: Shop, product: Doc, rows: Iterable[Doc]) -> None:
    """Have these files, in this order, and no others."""
    ids = []
    for place, row in enumerate(rows):
        if row.get("id"):
            doc = shop.load("files", gid.number(row["id"]))
            assert doc is not None
            if row.get("alt") is not None:
                shop.put("files", {**doc, "alt": row["alt"]})
        else:
            doc = make(shop, row, ["input", "files", str(place)])
        ids.append(doc["id"])
    product["mediaIds"] = ids


def with_file(shop: Shop, product: Doc, row: Doc) -> Doc:
    """What is written about a variant, its file by id: one that came from an address is among the product's by then."""
    source = (row.get("file") or {}).get("originalSource")
    if not source:
        return row
    number = next(key for key in product["mediaIds"] if shop.all("files")[key]["originUrl"] == source)
    return {**row, "file": {"id": gid.gid("MediaImage", number)}}


def add(shop: Shop, product: Doc, rows: Iterable[Doc]) -> None:
    """Add media at the end."""
    for row in rows:
        made = make(shop, {**row, "contentType": row["mediaContentType"]}, ["media"])
        product["mediaIds"] = [*product["mediaIds"], made["id"]]


@answers("Product", "media")
@answers("ProductVariant", "media")
def _media(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [found for key in doc["mediaIds"] if (found := ctx.shop.peek("files", key))]


@answers("Product", "featuredMedia")
def _featured(doc: Doc, ctx: Context, args: Doc) -> Doc | None:
    return next(iter(_media(doc, ctx, args)), None)


def _status(doc: Doc, ctx: Context, args: Doc) -> str:
    return "READY" if ready(ctx.shop, doc) else "PROCESSING"


def _kind(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(doc["contentType"])


def _address(doc: Doc, ctx: Context, args: Doc) -> str | None:
    return f"{ctx.shop.url}{CDN}{doc['filename']}?v={doc['id'] % 10**6}" if ready(ctx.shop, doc) else None


for _type in TYPES.values():
    answers(_type, "status", "fileStatus")(_status)
    answers(_type, "mediaContentType")(_kind)
answers("GenericFile", "url")(_address)


@answers("MediaImage", "image")
def _image(doc: Doc, ctx: Context, args: Doc) -> Doc | None:
    url = _address(doc, ctx, args)
    return {"id": doc["id"], "url": url, "altText": doc["alt"]} if url else None


@answers("ProductVariant", "image")
def _image_of_variant(doc: Doc, ctx: Context, args: Doc) -> Doc | None:
    found = next(iter(_media(doc, ctx, args)), None)
    return _image(found, ctx, args) if found else None


@answers("Video", "sources")
def _sources(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    url = _address(doc, ctx, args)
    return [{"url": url, "format": "mp4", "mimeType": "video/mp4", "width": 1280, "height": 720}] if url else []
