"""Pictures, videos and documents handed over to Shopify: staged with its storage, then made files of the shop.

A file is known by its name, which has its content's key in it: looked for before it is sent, and replaced by itself if
it is sent twice. Shopify works on a file after it has it; nobody waits for that. A picture goes by its id until it has
an address; a document without one is asked for again later.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from ..errors import PlatformError
from ..publishing import MediaFile, MediaResult, Refusal
from ..values import rows as listed
from ..values import text
from ..words import _
from .answers import refusal as refused_words
from .client import ShopifyClient, nodes
from .ids import plain
from .operations import Batch, mutation, query

Raw = dict[str, Any]

_AT_ONCE = 50
_PARTS = """
fragment FileParts on File {
  id fileStatus fileErrors { message }
  ... on MediaImage { image { url } }
  ... on GenericFile { url }
  ... on Video { sources { url } }
}
"""
_FIND = Batch(
    "query",
    "files",
    {"query": "String!", "first": "Int!"},
    "{ nodes { ...FileParts } }",
    cost=4,
    fragments=_PARTS,
)
_AGAIN = query(f"query FilesById($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...FileParts }} }}{_PARTS}", cost=4)
_STAGE = mutation(
    """
mutation StageUploads($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
    userErrors { field message }
  }
}
""",
    repeatable=True,
)
_CREATE = mutation(
    f"""
mutation CreateFiles($files: [FileCreateInput!]!) {{
  fileCreate(files: $files) {{ files {{ ...FileParts }} userErrors {{ field message code }} }}
}}
{_PARTS}
""",
    repeatable=True,
)
_OURS = re.compile(r"-odoo-[0-9a-f]{12,64}\.")


def is_ours(address: str) -> bool:
    """Whether a file is one that was handed over here, by its address."""
    return bool(_OURS.search(address.rpartition("/")[2]))


def push(client: ShopifyClient, files: Sequence[MediaFile]) -> list[MediaResult]:
    """For each fifty files a call that looks for them, one that asks where they go, and one that makes them the
    shop's; between these one upload for each that the shop lacks.

    :raises PlatformError: only while nothing was written
    """
    done: dict[str, MediaResult] = {}
    by_key = {file.key: file for file in files}
    wrote = False
    for start in range(0, len(by_key), _AT_ONCE):
        chunk = list(by_key.values())[start : start + _AT_ONCE]
        try:
            pusher = _Push(client, chunk)
            done |= pusher.run()
            wrote = wrote or pusher.sent
        except PlatformError as error:
            if not wrote:
                raise
            done |= {file.key: MediaResult(refusal=Refusal.of(error)) for file in chunk}
    return [done[file.key] for file in files]


@dataclass(slots=True)
class _Push:
    client: ShopifyClient
    files: Sequence[MediaFile]
    sent: bool = False

    def run(self) -> dict[str, MediaResult]:
        found = self._find()
        missing = [file for file in self.files if file.key not in found]
        done = {key: _result(row) for key, row in found.items()} | (self._send(missing) if missing else {})
        return self._addresses(done)

    def _find(self) -> dict[str, Raw]:
        rows = [{"query": f'filename:"{file_name(file)}"', "first": 1} for file in self.files]
        found: dict[str, Raw] = {}
        for file, outcome in zip(self.files, self.client.run(_FIND, rows), strict=True):
            if isinstance(outcome, PlatformError):
                raise outcome
            if row := next((row for row in nodes(outcome) if row.get("fileStatus") != "FAILED"), None):
                found[file.key] = row
        return found

    def _send(self, files: Sequence[MediaFile]) -> dict[str, MediaResult]:
        staged = self.client.mutate(_STAGE, {"input": [_staging(file) for file in files]})
        targets = listed(staged, "stagedTargets")
        if len(targets) != len(files):
            raise PlatformError("bad_answer", _("Shopify did not say where the files go."), retry=True)
        done: dict[str, MediaResult] = {}
        made: list[tuple[MediaFile, Raw]] = []
        for file, target in zip(files, targets, strict=True):
            try:
                self._upload(file, target)
            except PlatformError as error:
                done[file.key] = MediaResult(refusal=Refusal.of(error))
            else:
                made.append((file, _creation(file, text(target.get("resourceUrl")))))
        return done | self._create(made)

    def _upload(self, file: MediaFile, target: Mapping[str, Any]) -> None:
        """The storage takes a form: what Shopify signed, and the file last (shopify.dev, ``stagedUploadsCreate``)."""
        fields: list[tuple[str, Any]] = [
            (text(row.get("name")), text(row.get("value"))) for row in listed(target, "parameters")
        ]
        fields.append(("file", (file_name(file), file.content, file.mimetype)))
        body, content_type = encode_multipart_formdata(fields)
        headers = {"Content-Type": content_type}
        self.client.transport.request(
            "POST", text(target.get("url")), data=body, headers=headers, idempotent=True, cost=0
        )

    def _create(self, made: Sequence[tuple[MediaFile, Raw]]) -> dict[str, MediaResult]:
        """A file that is wrong has the others refused too: they go once more."""
        done: dict[str, MediaResult] = {}
        left = list(made)
        while left:
            try:
                payload = self.client.query(_CREATE, {"files": [values for _file, values in left]}).get("fileCreate")
            except PlatformError as error:
                if not self.sent and len(done) == 0 and not error.in_doubt:
                    raise
                return done | {file.key: MediaResult(refusal=Refusal.of(error)) for file, _values in left}
            self.sent = True
            payload = payload if isinstance(payload, dict) else {}
            refused = _refused(payload, len(left))
            done |= {left[place][0].key: MediaResult(refusal=found) for place, found in refused.items()}
            if refused:
                left = [pair for place, pair in enumerate(left) if place not in refused]
                continue
            rows = listed(payload, "files")
            if len(rows) != len(left):
                silent = Refusal("bad_answer", _("Shopify did not say what became of the file."), retry=True)
                return done | {file.key: MediaResult(refusal=silent) for file, _values in left}
            return done | {file.key: _result(row) for (file, _values), row in zip(left, rows, strict=True)}
        return done

    def _addresses(self, done: dict[str, MediaResult]) -> dict[str, MediaResult]:
        """Documents are shown by their address: those without one are looked at once more, and else later."""
        waiting = {
            result.external_id: key
            for key, result in done.items()
            if result.ok and not result.url and _resource(self._file(key)) == "FILE"
        }
        if not waiting:
            return done
        ids = [f"gid://shopify/GenericFile/{key}" for key in waiting]
        for row in self.client.query(_AGAIN, {"ids": ids}).get("nodes") or ():
            if isinstance(row, dict) and plain(row.get("id")) in waiting:
                done[waiting[plain(row.get("id"))]] = _result(row)
        later = Refusal("processing", _("Shopify is still working on the file."), retry=True)
        return {
            key: MediaResult(refusal=later) if key in waiting.values() and result.ok and not result.url else result
            for key, result in done.items()
        }

    def _file(self, key: str) -> MediaFile:
        return next(file for file in self.files if file.key == key)


def file_name(file: MediaFile) -> str:
    """The merchant's name for it, then the key that it is found by."""
    stem, _dot, extension = file.name.rpartition(".")
    plain_stem, plain_extension = (
        re.sub(r"[^A-Za-z0-9]+", "-", unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode()).strip("-")
        for part in (stem or extension, extension if stem else "bin")
    )
    key = file.key if re.fullmatch(r"[0-9a-f]{12,64}", file.key) else hashlib.sha256(file.key.encode()).hexdigest()
    return f"{plain_stem[:60] or 'file'}-odoo-{key}.{plain_extension.lower() or 'bin'}"


def _resource(file: MediaFile) -> str:
    kind = file.mimetype.partition("/")[0]
    return {"image": "IMAGE", "video": "VIDEO"}.get(kind, "FILE")


def _staging(file: MediaFile) -> Raw:
    return {
        "resource": _resource(file),
        "filename": file_name(file),
        "mimeType": file.mimetype,
        "fileSize": str(len(file.content)),
        "httpMethod": "POST",
    }


def _creation(file: MediaFile, address: str) -> Raw:
    values: Raw = {"originalSource": address, "contentType": _resource(file), "filename": file_name(file)}
    if file.alt:
        values["alt"] = file.alt
    # Of videos there is no replacing.
    return values | ({"duplicateResolutionMode": "REPLACE"} if _resource(file) != "VIDEO" else {})


def _result(row: Mapping[str, Any]) -> MediaResult:
    if row.get("fileStatus") == "FAILED":
        words = "; ".join(text(error.get("message")) for error in listed(row, "fileErrors"))
        return MediaResult(refusal=Refusal("file_refused", refused_words(words)))
    image = row.get("image")
    sources = listed(row, "sources")
    address = text(image.get("url")) if isinstance(image, Mapping) else text(row.get("url"))
    return MediaResult(plain(row.get("id")), address or (text(sources[0].get("url")) if sources else ""))


def _refused(payload: Mapping[str, Any], count: int) -> dict[int, Refusal]:
    found: dict[int, Refusal] = {}
    for row in listed(payload, "userErrors"):
        path = [str(part) for part in row.get("field") or ()]
        place = path[path.index("files") + 1] if "files" in path[:-1] else ""
        places = [int(place)] if place.isdecimal() and int(place) < count else range(count)
        error = Refusal(text(row.get("code")).lower() or "refused", refused_words(text(row.get("message"))))
        for each in places:
            found.setdefault(each, error)
    return found
