"""Texts in the other languages that a shop is published in, each bound to a digest of what it translates."""

from __future__ import annotations

import hashlib
from typing import Any

from ..store import Doc
from . import gid
from .resolving import Context, Refused, answers, mutation, query

KEYS = {"title": "title", "body_html": "descriptionHtml", "handle": "handle"}
NAMES = {"fr": "French", "en": "English", "de": "German", "es": "Spanish", "it": "Italian", "nl": "Dutch"}


@query("shopLocales")
def _locales(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    return [
        {"locale": locale, "name": NAMES.get(locale, locale), "primary": place == 0, "published": True}
        for place, locale in enumerate(ctx.shop.settings["locales"])
    ]


@query("translatableResourcesByIds")
def _resources(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    found = (ctx.shop.peek("products", gid.number(value, "Product")) for value in args["resourceIds"])
    return [
        {
            "resourceId": gid.gid("Product", doc["id"]),
            "translatableContent": [
                {
                    "key": key,
                    "value": doc[name],
                    "digest": _digest(doc[name]),
                    "locale": ctx.shop.settings["locales"][0],
                    "type": "HTML" if key == "body_html" else "SINGLE_LINE_TEXT_FIELD",
                }
                for key, name in KEYS.items()
            ],
        }
        for doc in found
        if doc
    ]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


@mutation("translationsRegister")
def _register(source: Any, ctx: Context, args: Doc) -> Doc:
    product = ctx.shop.load("products", gid.number(args["resourceId"], "Product"))
    if product is None:
        raise Refused("Resource does not exist", ["resourceId"], "RESOURCE_NOT_FOUND")
    texts = dict(product.get("translations") or {})
    for place, row in enumerate(args["translations"]):
        where = ["translations", str(place)]
        if row["locale"] not in ctx.shop.settings["locales"][1:]:
            raise Refused("Locale is not a valid locale for the shop", [*where, "locale"], "INVALID_LOCALE_FOR_SHOP")
        if row["key"] not in KEYS:
            raise Refused("Key is not a valid translatable field", [*where, "key"], "INVALID_KEY_FOR_MODEL")
        if row["translatableContentDigest"] != _digest(product[KEYS[row["key"]]]):
            raise Refused("Translatable content hash is invalid", [*where, "translatableContentDigest"],
                          "INVALID_TRANSLATABLE_CONTENT")  # fmt: skip
        texts[f"{row['locale']}:{row['key']}"] = row["value"]
    ctx.shop.put("products", {**product, "translations": texts})
    return {"translations": [{**row, "outdated": False} for row in args["translations"]]}


@answers("Product", "translations")
def _translations(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    texts = doc.get("translations") or {}
    return [
        {"locale": args["locale"], "key": key.partition(":")[2], "value": value, "outdated": False}
        for key, value in texts.items()
        if key.startswith(f"{args['locale']}:")
    ]
