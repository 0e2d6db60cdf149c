"""The pictures of a product and of its variants, as ``productSet`` takes them; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import ImageDocument
from ..publishing import ListingChange
from ..values import rows, text
from .ids import gid
from .media import is_ours

Raw = dict[str, Any]


def wanted_files(change: ListingChange) -> list[Raw]:
    """The product's pictures in order, then those of its variants that are not among them."""
    pictures = list(change.document.images) if "images" in change.fields else []
    pictures += [offer.document.image for offer in change.offers if "image" in offer.fields and offer.document.image]
    files: dict[str, Raw] = {}
    for picture in pictures:
        if picture.external_id or picture.url:
            files.setdefault(picture.external_id or picture.url, file_input(picture))
    return list(files.values())


def file_input(picture: ImageDocument) -> Raw:
    """By id what the shop has; else by an address that Shopify fetches it from."""
    alt = {"alt": picture.alt} if picture.alt else {}
    if picture.external_id:
        return {"id": gid("MediaImage", picture.external_id), **alt}
    return {"originalSource": picture.url, "contentType": "IMAGE", **alt}


def files_of(change: ListingChange, shown: Raw) -> list[Raw] | None:
    """The whole list of a product's files, ``None`` where it is as it is to be.

    What we sent once and is no longer wanted goes; videos, models and the merchant's own pictures stay, at the end.
    """
    wanted = wanted_files(change)
    there = [row for row in rows(shown, "media") if text(row.get("id"))]
    ids = {file.get("id") for file in wanted}
    complete = "images" in change.fields
    kept = [{"id": row["id"]} for row in there if row["id"] not in ids and not (complete and _sent_by_us(row))]
    files = [*wanted, *kept] if complete else [*({"id": row["id"]} for row in there), *_beyond(wanted, there)]
    alts = {row["id"]: text(row.get("alt")) for row in there}
    same = [file.get("id") for file in files] == [row["id"] for row in there]
    told = all("alt" not in file or file["alt"] == alts.get(file.get("id", "")) for file in files)
    return None if same and told else files


def _beyond(wanted: Sequence[Raw], there: Sequence[Mapping[str, Any]]) -> list[Raw]:
    ids = {row["id"] for row in there}
    return [file for file in wanted if file.get("id") not in ids]


def _sent_by_us(row: Mapping[str, Any]) -> bool:
    image = row.get("image")
    return isinstance(image, Mapping) and is_ours(text(image.get("url")))
