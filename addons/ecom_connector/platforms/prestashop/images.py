"""Pictures and attachments of products. There is no library: a picture belongs to one product, and is sent to it.

The webservice keeps neither a name nor a checksum of a picture, and makes a file of its own of it. What became of an
upload is seen by looking at the product: one that failed answered 500 with an empty body and yet left a record without
a file (observed on 8.1.2).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

from ..errors import PlatformError
from ..publishing import MediaFile, MediaResult, Refusal
from ..values import identifier, text
from ..words import _
from . import xml
from .catalogue import associated, image_address
from .catalogue_reader import CatalogueReader
from .product_body import clean_value
from .publishing_calls import Writer, refusal_of

Raw = dict[str, Any]


class MediaWriter:
    """Sends files to the products of one shop.

    Calls: one for each hundred products and one for each hundred documents to see what is there, one for each file
    that is not, and one for each fifty products that are given documents.
    """

    def __init__(self, reader: CatalogueReader) -> None:
        self.client = reader.client
        self.reader = reader
        self.products: dict[str, Raw] = {}
        self.stopped: PlatformError | None = None
        self.sent = False

    def push(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """:raises PlatformError: only while nothing was written"""
        rows = self.reader.plain(dict.fromkeys(file.product_id for file in files))
        self.products = {identifier(row.get("id")): row for row in rows}
        results: list[MediaResult] = [MediaResult()] * len(files)
        documents = [number for number, file in enumerate(files) if not file.mimetype.startswith("image/")]
        for number, file in enumerate(files):
            if number not in documents:
                results[number] = self._one(file, self._picture)
        if documents:
            self._documents([files[number] for number in documents], documents, results)
        return results

    def _one(self, file: MediaFile, send: Any) -> MediaResult:
        if file.product_id not in self.products:
            message = _("The shop no longer has this product: %(id)s.", id=file.product_id)
            return MediaResult(refusal=Refusal("not_found", message))
        if self.stopped is not None:
            return MediaResult(refusal=Refusal.of(self.stopped))
        try:
            found: MediaResult = send(file)
        except PlatformError as error:
            if error.retry or error.status in (401, 403):
                if not self.sent and not error.in_doubt:
                    raise
                self.stopped = error.unsent()  # what ails the shop ails the rest
            found = MediaResult(refusal=Refusal.of(error))
        self.sent = True
        return found

    # --- pictures

    def _picture(self, file: MediaFile) -> MediaResult:
        there = associated(self.products[file.product_id], "images")
        if file.known is not None and (lost := _younger(there, file.known)):
            return self._is_picture(file, lost[0])
        try:
            answer = self._upload(f"images/products/{file.product_id}", "image", file)
        except PlatformError as error:
            if error.status in (401, 403, 405) or not (error.status or error.in_doubt):
                raise
            return self._after_failure(file, there, error)
        key = identifier(next(iter(answer), {}).get("id"))
        if not key:
            message = _("The shop did not say what became of the file.")
            return self._after_failure(file, there, PlatformError("bad_answer", message, retry=True, in_doubt=True))
        return self._is_picture(file, key)

    def _is_picture(self, file: MediaFile, key: str) -> MediaResult:
        """Take note of it, so that the next picture's look does not take it for its own."""
        product = self.products[file.product_id]
        images = product.setdefault("associations", {}).setdefault("images", [])
        if key not in associated(product, "images"):
            images.append({"id": key})
        return MediaResult(key, image_address(self.client.base, key))

    def _after_failure(self, file: MediaFile, before: Sequence[str], error: PlatformError) -> MediaResult:
        """Whether the picture is there after all; a record without a file is taken away again."""
        doubt = PlatformError(error.code, error.message, status=error.status, retry=True, in_doubt=True)
        try:
            now = self.reader.plain([file.product_id])
        except PlatformError:
            raise doubt from None
        new = [key for row in now for key in associated(row, "images") if key not in before]
        if not new:
            raise error.unsent()
        path = f"images/products/{file.product_id}"
        try:
            self.client.request("GET", f"{path}/{new[0]}")
        except PlatformError as missing:
            if missing.status not in (400, 404, 500):
                raise doubt from None
            self.client.delete(path, new[:1])
            message = _("The shop cannot take a picture: “%(words)s”", words=error.message)
            return MediaResult(refusal=Refusal("image_refused", message, field="images"))
        return self._is_picture(file, new[0])

    # --- documents

    def _documents(self, files: Sequence[MediaFile], numbers: Sequence[int], results: list[MediaResult]) -> None:
        """Attachments, which have names: one that is there is not sent again. Products are given them afterwards."""
        names = {_document_name(file): file for file in files}
        rows = self.client.among("attachments", names, field="file_name")
        there = {text(row.get("file_name")): identifier(row.get("id")) for row in rows}

        def send(file: MediaFile) -> MediaResult:
            name = _document_name(file)
            if name not in there:
                there[name] = self._attach(file, name)
            return MediaResult(
                there[name], f"{self.client.base}/index.php?controller=attachment&id_attachment={there[name]}"
            )

        given: dict[str, list[int]] = {}
        for number, file in zip(numbers, files, strict=True):
            results[number] = self._one(file, send)
            if results[number].ok:
                given.setdefault(file.product_id, []).append(number)
        bodies = []
        for product_id, own in given.items():
            kept = associated(self.products[product_id], "attachments")
            keys = list(dict.fromkeys([*kept, *(results[number].external_id for number in own)]))
            if keys != kept:
                rows_ = [{"id": key} for key in keys]
                bodies.append({"id": product_id, "associations": {"attachments": rows_}})
        writer = Writer(self.client)
        writer.wrote = self.sent
        for body, outcome in zip(bodies, writer.change("products", bodies, self.products), strict=True):
            if isinstance(outcome, PlatformError):
                for number in given[str(body["id"])]:
                    results[number] = MediaResult(refusal=refusal_of(outcome, new=False, known=str(body["id"])))

    def _attach(self, file: MediaFile, name: str) -> str:
        title = clean_value(file.name.rpartition(".")[0] or file.name, 32)
        try:
            answer = self._upload("attachments/file", "file", file, name=name, fields={"name": title})
        except PlatformError as error:
            if not error.in_doubt:
                raise
            answer = []
            lost: PlatformError | None = error
        else:
            lost = None
        # A failed one may be answered with the list of all attachments (source: ``executeFileAddAndEdit``).
        row = next((row for row in answer if text(row.get("file_name")) == name), None)
        if row is None:
            row = next(iter(self.client.among("attachments", [name], field="file_name")), None)
        if row is None:
            raise (lost or PlatformError("bad_answer", _("The shop did not take the file."))).unsent()
        return identifier(row.get("id"))

    # --- the wire

    def _upload(
        self, path: str, field: str, file: MediaFile, *, name: str = "", fields: dict[str, str] | None = None
    ) -> list[Raw]:
        """As a page's form would send it."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (fields or {}).items()
        ]
        called = name or _file_name(file.name)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{called}"'
        parts += [f"{head}\r\nContent-Type: {file.mimetype}\r\n\r\n".encode(), file.content, b"\r\n"]
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        response = self.client.request(
            "POST", path, body=body, content_type=f"multipart/form-data; boundary={boundary}", idempotent=False
        )
        try:
            return xml.records(response.body)
        except ValueError:
            return []


def _younger(there: Sequence[str], known: Sequence[str]) -> list[str]:
    """Pictures that nobody told us of, made after all that we know; their numbers rise."""
    newest = max((int(key) for key in known if key.isdecimal()), default=0)
    return sorted((key for key in there if key.isdecimal() and int(key) > newest and key not in known), key=int)


def _document_name(file: MediaFile) -> str:
    """What a document is found by: its name with a part of its key before the extension."""
    stem, _dot, extension = _file_name(file.name).rpartition(".")
    return f"{stem[:60]}-{hashlib.sha256(file.key.encode()).hexdigest()[:10]}.{extension}"


def _file_name(name: str) -> str:
    """A name that fits a header and a filter: ASCII, its extension kept."""
    stem, _dot, extension = name.rpartition(".")
    plain = [
        re.sub(r"[^A-Za-z0-9_-]+", "-", unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode())
        for part in (stem or extension, extension if stem else "bin")
    ]
    return f"{plain[0].strip('-') or 'file'}.{plain[1] or 'bin'}"
