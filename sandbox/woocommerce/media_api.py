"""``/wp-json/wp/v2/media``, WordPress' own API of the media library.

It knows nothing of consumer keys (source: ``WC_REST_Authentication::is_request_to_rest_api``) and takes an
application's password; over plain http only where the environment is ``local``, as this one is (source:
``wp_is_application_passwords_supported``).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from . import dates, media
from .errors import RestError, trashing_not_supported
from .listing import arrange, select
from .params import STRINGS, Arg, enum, list_args, validate
from .rest import Answer, ApiResponse, encode, pick
from .shop import Shop

Doc = dict[str, Any]
ROOT = "/wp-json/wp/v2/media"
LIST_ARGS: Mapping[str, Arg] = {
    **list_args("id", "include", "date", "modified", "slug", "title"),
    "slug": STRINGS,
    "status": Arg("array", items=enum("inherit", "private", "trash")),
    "media_type": enum("image", "video", "text", "application", "audio"),
    "mime_type": Arg("string"),
}


class Library:
    """Answers requests below ``/wp-json/wp/v2/media``."""

    def __init__(self, shop: Shop, user: str, password: str) -> None:
        self.shop = shop
        self.user = user
        self.password = password

    def handle(self, request: Request) -> Response:
        """Answer a request; nothing here raises."""
        try:
            known = self._check(request)
            with self.shop.store.transaction():
                answer = self._answer(request, known)
        except RestError as error:
            answer = Answer(error.body(), error.status)
        fields = request.args.get("_fields")
        body = pick(answer.body, fields) if fields and answer.status < 400 else answer.body
        response = ApiResponse(encode(body), answer.status, content_type="application/json; charset=UTF-8")
        response.headers.update(answer.headers)
        return response

    def _check(self, request: Request) -> bool:
        """Whether the user is known; ``False`` when nothing is said (source: ``wp_authenticate_application_password``).

        :raise RestError: 401, for a wrong try.
        """
        header = request.headers.get("Authorization", "")
        if not header.lower().startswith("basic "):
            return False
        try:
            user, _, password = base64.b64decode(header[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        if user != self.user:
            raise RestError(
                "invalid_username",
                "Unknown username. Check again or try your email address.",
                401,
            )
        if not hmac.compare_digest(_without_spaces(password), _without_spaces(self.password)):
            raise RestError("incorrect_password", "The provided password is an invalid application password.", 401)
        return True

    def _answer(self, request: Request, known: bool) -> Answer:
        tail = request.path.removeprefix(ROOT).strip("/")
        if not tail and request.method == "GET":
            return self._list(request)
        if not tail and request.method == "POST":
            if not known:
                raise RestError("rest_cannot_create", "Sorry, you are not allowed to create posts as this user.", 401)
            return self._create(request)
        doc = self.shop.load("media", int(tail)) if tail.isdigit() else None
        if not tail.isdigit():
            raise RestError("rest_no_route", "No route was found matching the URL and request method.", 404)
        if doc is None:
            raise RestError("rest_post_invalid_id", "Invalid post ID.", 404)
        if request.method == "GET":
            return Answer(self._view(doc))
        if not known:
            raise RestError("rest_cannot_edit", "Sorry, you are not allowed to edit this post.", 401)
        if request.method == "DELETE":
            if request.args.get("force") not in ("true", "1"):
                raise trashing_not_supported("post")
            self.shop.remove("media", doc["id"])
            return Answer({"deleted": True, "previous": self._view(doc)})
        values = {**request.args, **(request.get_json(silent=True) or {})}
        doc.update(
            {ours: values[theirs] for ours, theirs in (("alt", "alt_text"), ("name", "title")) if theirs in values}
        )
        doc["modified"] = self.shop.now()
        self.shop.put("media", doc)
        return Answer(self._view(doc))

    def _list(self, request: Request) -> Answer:
        args = validate(dict(request.args), LIST_ARGS)
        docs = select(self.shop, self.shop.all("media").values(), {**args, "dates_are_gmt": args["dates_are_gmt"]})
        if args.get("slug"):
            docs = [doc for doc in docs if doc["slug"] in args["slug"]]
        if args.get("search"):
            docs = [doc for doc in docs if args["search"].casefold() in doc["name"].casefold()]
        if args.get("mime_type"):
            docs = [doc for doc in docs if doc["mimetype"] == args["mime_type"]]
        if args.get("media_type"):
            docs = [doc for doc in docs if doc["mimetype"].startswith(f"{args['media_type']}/")]
        docs = arrange(docs, args)
        start = (args["page"] - 1) * args["per_page"]
        headers = {"X-WP-Total": str(len(docs)), "X-WP-TotalPages": str(-(-len(docs) // args["per_page"]))}
        return Answer([self._view(doc) for doc in docs[start : start + args["per_page"]]], 200, headers)

    def _create(self, request: Request) -> Answer:
        """The body is the file; what is said of it may stand in the query (source: ``upload_from_data``)."""
        content = request.get_data()
        if not content:
            raise RestError("rest_upload_no_data", "No data supplied.", 400)
        if not request.content_type:
            raise RestError("rest_upload_no_content_type", "No Content-Type supplied.", 400)
        disposition = request.headers.get("Content-Disposition")
        if not disposition:
            raise RestError("rest_upload_no_content_disposition", "No Content-Disposition supplied.", 400)
        name = re.search(r'filename="?([^";]+)"?', disposition)
        if name is None:
            raise RestError(
                "rest_upload_invalid_disposition",
                "Invalid Content-Disposition supplied. Content-Disposition needs to be formatted as `attachment; "
                'filename="image.png"` or similar.',
                400,
            )
        said = request.args
        try:
            doc = media.keep(
                self.shop,
                name.group(1).rsplit("/", 1)[-1],
                content,
                said.get("title", ""),
                said.get("alt_text", ""),
                said.get("slug", ""),
            )
        except media.Refused as refusal:
            raise RestError("rest_upload_sideload_error", str(refusal), 500) from refusal
        return Answer(self._view(doc), 201, {"Location": f"{self.shop.url}{ROOT}/{doc['id']}"})

    def _view(self, doc: Doc) -> Doc:
        shop = self.shop
        return {
            "id": doc["id"],
            "date": dates.to_local(doc["created"], shop.zone),
            "date_gmt": doc["created"],
            "guid": {"rendered": media.url(shop, doc)},
            "modified": dates.to_local(doc["modified"], shop.zone),
            "modified_gmt": doc["modified"],
            "slug": doc["slug"],
            "status": "inherit",
            "type": "attachment",
            "link": f"{shop.url}/{doc['slug']}/",
            "title": {"rendered": doc["name"]},
            "author": 1,
            "alt_text": doc["alt"],
            "media_type": "image" if doc["mimetype"].startswith("image/") else "file",
            "mime_type": doc["mimetype"],
            "media_details": {"file": doc["file"], "filesize": doc["size"], "sizes": {}},
            "post": None,
            "source_url": media.url(shop, doc),
        }


def _without_spaces(password: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", password)
