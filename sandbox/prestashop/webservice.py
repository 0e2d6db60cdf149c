"""The webservice: ``/api/<resource>`` and ``/api/<resource>/<id>``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

from ..store import Doc
from . import query, values, wire
from .errors import PlainAnswer, WsError, quoted
from .fields import RESOURCES, Resource
from .hooks import Hooks
from .shop import Shop

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")


Special = Callable[[Request, list[str]], Response]


@dataclass
class Webservice:
    """The API of a shop.

    :ivar special: answers the requests of resources that are no records, such as ``images``; called with the path's
        parts after ``/api``, once the key was checked
    """

    shop: Shop
    key: str
    hooks: dict[str, Hooks] = field(default_factory=dict)
    special: dict[str, Special] = field(default_factory=dict)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request; ``path`` is what follows ``/api``."""
        self.shop.args = request.args
        try:
            words = self.shop.settings["forbidden"]
            if request.method in self.shop.settings["blocked"] or (words and words.encode() in request.get_data()):
                raise PlainAnswer(403, "<html><title>403 Forbidden</title></html>")
            response = self._answer(request, [part for part in path.split("/") if part])
        except PlainAnswer as answer:
            return Response(answer.body, answer.status, content_type=answer.content_type)
        except WsError as error:
            response = Response(wire.errors(error.errors), error.status, content_type="text/xml;charset=utf-8")
        return self._headed(request, response)

    def _answer(self, request: Request, parts: list[str]) -> Response:
        self._let_in(request)
        method = request.args.get("ps_method", request.method).upper()
        if not parts:
            return self._xml(self._root())
        name = parts[0]
        special = self.special.get("/".join(parts[:2])) or self.special.get(name)
        if name not in RESOURCES and special is None:
            listed = quoted(sorted([*RESOURCES, *self.special]))
            raise WsError(400, (27, f'Resource of type "{name}" does not exists. The full list is: {listed}'))
        self._permit(method, name)
        if special is not None:
            return special(request, parts)
        resource = RESOURCES[name]
        key = parts[1] if len(parts) > 1 else ""
        if method in ("GET", "HEAD"):
            if request.args.get("schema") in ("blank", "synopsis"):
                return self._xml(wire.schema(self.shop.url, resource, request.args["schema"], self.shop.languages))
            return self._xml(self._get(resource, key) if key else self._list(resource, request))
        if method == "DELETE":
            return self._delete(resource, key or request.args.get("id", ""))
        return self._write(method, resource, request)

    # --- who may

    def _let_in(self, request: Request) -> None:
        settings = self.shop.settings
        given = request.args.get("ws_key")
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if settings["authorization"] and scheme.lower() == "basic":
            try:
                given = base64.b64decode(encoded).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError):
                given = ""
        if given is None:
            raise PlainAnswer(401, "401 Unauthorized")
        if not settings["webservice"]:
            message = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"
            raise WsError(503, (22, message))
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            raise WsError(
                401, (20, "Authentification key is not active"), (21, "No permission for this authentication key")
            )
        shop = request.args.get("id_shop")
        if shop and shop != "all" and shop not in [str(one) for one in settings["shops"]]:
            raise WsError(403, (132, "No permission for this key on this shop"))

    def _permit(self, method: str, name: str) -> None:
        if method not in METHODS or (method == "PATCH" and int(self.shop.settings["version"].split(".")[0]) < 8):
            raise WsError(405, (23, f"Method {method} is not valid"))
        if name in RESOURCES and method in RESOURCES[name].forbidden:
            raise WsError(405, (101, f"Method {method} is not allowed for the resource {name}"))
        allowed = self._allowed(name)
        if not allowed:
            message = f'Resource of type "{name}" is not allowed with this authentication key'
            raise WsError(401, (26, message))
        if method not in allowed:
            message = f"Method {method} is not allowed for the resource {name} with this authentication key"
            raise WsError(405, (25, message))

    def _allowed(self, name: str) -> list[str]:
        permissions = self.shop.settings["permissions"]
        return list(METHODS) if permissions is None else list(permissions.get(name, ()))

    def _root(self) -> str:
        lines = [f'<api shopName="{self.shop.settings["title"]}">']
        for name in sorted({*RESOURCES, *(one for one in self.special if "/" not in one)}):
            allowed = self._allowed(name)
            if allowed:
                rights = " ".join(f'{method.lower()}="{str(method in allowed).lower()}"' for method in METHODS)
                lines.append(f'<{name} xlink:href="{self.shop.url}/api/{name}" {rights}>\n</{name}>')
        return "\n".join([wire.HEAD.rstrip(), *lines, "</api>", wire.TAIL])

    # --- reading

    def _shown(self, resource: Resource, doc: Doc) -> Doc:
        hook = self.hooks.get(resource.name)
        return hook.shown(self.shop, doc) if hook and hook.shown else doc

    def _get(self, resource: Resource, key: str) -> str:
        doc = self.shop.peek(resource.name, key) if key.isdecimal() else None
        if doc is None:
            raise PlainAnswer(404, content_type="")
        return wire.HEAD + wire.one(self.shop.url, resource, self._shown(resource, doc)) + "\n" + wire.TAIL

    def _list(self, resource: Resource, request: Request) -> str:
        args = request.args
        kind, wanted = query.display(resource, args)
        found = query.filters(resource, args)
        if resource.name in ("orders", "customers", "carts") and args.get("id_shop", "all") != "all":
            found.append(("id_shop", args["id_shop"]))
        if resource.name == "stock_availables" and not args.get("id_group_shop"):
            # Rows of a shop, and those that a group of shops has together.
            found.append(("id_shop", f"[{args.get('id_shop') or 1}|0]"))
        records = self.shop.all(resource.name)
        named = query.ids_of(found)
        docs = [records[key] for key in named if key in records] if named is not None else list(records.values())
        for name, value in found:
            docs = list(filter(query.test(name, value), docs))
        docs = query.cut(query.sorted_by(resource, docs, args), args.get("limit", ""))
        url = self.shop.url
        languages = args.get("language", "").strip("[]").split("|") if args.get("language") else []
        if kind == "named":
            rows = [wire.named(url, resource, doc) for doc in docs]
        else:
            rows = [wire.one(url, resource, self._shown(resource, doc), wanted, languages) for doc in docs]
        return "\n".join([wire.HEAD.rstrip(), f"<{resource.nodes}>", *rows, f"</{resource.nodes}>", wire.TAIL])

    # --- writing

    def _write(self, method: str, resource: Resource, request: Request) -> Response:
        """Save records one after the other: before one that is refused they stay saved, and the answer is the error
        alone. Ids are taken from the records, never from the address, and the answer has no list around the records
        (source: ``WebserviceRequest::saveEntityFromXml`` and ``returnOutput``)."""
        records = wire.read(resource, request.get_data())
        keys = [key for given in records if (key := str(given.get("id", "")))]
        if method != "POST":
            if len(set(keys)) != len(keys):
                raise WsError(400, (89, "id is duplicate in request"))
            if len(keys) != len(records):
                raise WsError(400, (90, "id is required when modifying a resource"))
        elif keys:
            raise WsError(400, (91, "id is forbidden when adding a new resource"))
        rows = []
        for given in records:
            rows.append(self.write(method, resource, str(given.get("id", "")), given))
            if resource.name in self.shop.settings["warnings"]:
                # Told as an error although it is saved; with an error the next is not (``webserviceErrorHandler``).
                place = "/modules/seo/seo.php, line 12"
                raise WsError(500, (3, f'[PHP Warning #2] Undefined array key "id_lang" ({place})'))
        return self._xml("\n".join([wire.HEAD.rstrip(), *rows, wire.TAIL]), 201 if method == "POST" else 200)

    def write(self, method: str, resource: Resource, key: str, given: Doc) -> str:
        """Write one record; the answer prints what was given, and what it computes is still empty."""
        shop, hook = self.shop, self.hooks.get(resource.name, Hooks())
        given.pop("id", None)
        old = None
        if method != "POST":
            old = shop.load(resource.name, key) if key.isdecimal() else None
            if old is None:
                raise WsError(404, (92, "Invalid ID"))
        values.check(resource, given)
        if method != "PATCH":
            values.require(resource, given)
        now = shop.now()
        # Languages that are not sent stay as they are, whatever the method.
        for name, value in given.items():
            if name != "associations" and isinstance(value, dict) and old and isinstance(old.get(name), dict):
                given[name] = {**old[name], **value}
        if old is None:
            new = dict(given)
        elif method == "PATCH":
            new = {**old, **given}
        else:
            # What a PUT leaves out is blanked; read-only fields, and associations that are not sent, stay.
            kept = {name: old[name] for name, one in resource.fields.items() if one.read_only and name in old}
            new = {**kept, **given}
        if old is not None:
            new["associations"] = {**old.get("associations", {}), **given.get("associations", {})}
        if "date_add" in resource.fields:
            new["date_add"] = given.get("date_add") or (old["date_add"] if old else now)
        if "date_upd" in resource.fields:
            new["date_upd"] = now
        if old is None and hook.create is not None:
            doc = hook.create(shop, new)
        else:
            doc = values.kept(resource, {**new, "id": old["id"] if old else 0}, shop.languages)
            if hook.check is not None:
                hook.check(shop, doc, old)
            if old is None:
                doc["id"] = shop.next_id(resource.name)
            shop.put(resource.name, doc)
        if hook.written is not None:
            hook.written(shop, doc, old)
        if hook.associated is not None:
            hook.associated(shop, doc, given.get("associations", {}))
        answer = {**new, "id": doc["id"]}
        if method == "PATCH":
            answer = self._shown(resource, shop.peek(resource.name, doc["id"]) or doc)
        return wire.one(shop.url, resource, answer)

    def _delete(self, resource: Resource, keys: str) -> Response:
        hook = self.hooks.get(resource.name, Hooks())
        named = keys.strip("[]").split(",")
        docs = [self.shop.load(resource.name, key) if key.isdecimal() else None for key in named]
        gone = [key for key, doc in zip(named, docs, strict=True) if doc is None]
        if gone:
            raise WsError(404, (87, f"Id(s) not exists: {', '.join(gone)}"))
        for doc in filter(None, docs):
            self.shop.remove(resource.name, doc["id"])
            if hook.removed is not None:
                hook.removed(self.shop, doc)
        return Response("", 200, content_type="text/xml;charset=utf-8")

    # --- the answer

    @staticmethod
    def _xml(body: str, status: int = 200) -> Response:
        return Response(body, status, content_type="text/xml;charset=utf-8")

    def _headed(self, request: Request, response: Response) -> Response:
        response.headers["Access-Time"] = str(int(self.shop.clock.now().timestamp()))
        response.headers["X-Powered-By"] = "PrestaShop Webservice"
        response.headers["PSWS-Version"] = self.shop.settings["version"]
        if response.status_code < 400:
            response.headers["Content-Sha1"] = hashlib.sha1(response.get_data(), usedforsecurity=False).hexdigest()
        if request.method == "HEAD":
            response.set_data(b"")
        return response
