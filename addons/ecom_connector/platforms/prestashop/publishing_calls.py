"""Many records in one call, although the webservice knows no batches.

POST, PUT and PATCH take as many records in one body as one likes, and save them one after the other (source:
``WebserviceRequest::saveEntityFromXml``, the same from 1.7 to 9). There is no transaction: at the first that is refused
it stops, what came before is saved, and the answer is the error alone, which does not say whose it is. A change does no
harm twice, so halves are sent until the culprit is alone; what was to be made is looked for first.

Not every error is one: a warning of PHP in some module that hears of a saved product is told as an error 500 although
it is saved, and keeps the webservice from saving the next (source: ``webserviceErrorHandler``). Then records are sent
one by one, and what became of them is seen by reading them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..errors import PlatformError
from ..publishing import Refusal
from ..values import identifier, text
from ..words import _
from . import xml
from .answers import PHP_SAID, RIGHT_CODES
from .client import PrestaClient
from .resources import node_name

Raw = dict[str, Any]
Outcome = Raw | PlatformError

# How many records in a body. A product takes a shop about 0.1 s, anything else 0.01 s (PrestaShop 8.1.2), and PHP stops
# at 30 s on most hosts.
SIZES = {
    "products": 50,
    # A state may send an e-mail and an invoice.
    "order_histories": 10,
    "order_carriers": 25,
}
SIZE = 100

# What the webservice sets by a method of its own: part of no record, and wrong to send back as it was read.
_COMPUTED = frozenset({"position_in_category", "id_default_image", "id_default_combination", "type", "date_upd"})
# Servers in front of a shop that let nothing but GET and POST through, and keys without the right to PATCH, which
# PrestaShop 8 added beside the other four.
_NO_PATCH = (403, 405, 501)
_WHOSE = frozenset({400, 404, 413, 500})
# What stands in front of a shop refuses a whole body for one record's size or words: nothing of it was done.
_UNREAD = frozenset({403, 406, 413})
_SLOW = 10.0  # seconds of a call after which the next ones are given half as many records
_TRIES = 2  # records in a row that the shop fails at, before the shop itself is taken to be down


class Writer:
    """Writes records of one shop; from the first that may have been written on nothing is raised any more.

    :param params: of every call, such as ``sendemail``
    """

    def __init__(self, client: PrestaClient, params: Mapping[str, str] | None = None) -> None:
        self.client = client
        self.params = params
        self.wrote = False
        self.stopped: PlatformError | None = None
        self._patches: bool | None = None
        self._failures = 0
        self._sizes = dict(SIZES)

    def _size(self, resource: str) -> int:
        return self._sizes.get(resource, SIZE)

    # --- changing

    def change(self, resource: str, records: Sequence[Raw], known: Mapping[str, Raw] | None = None) -> list[Outcome]:
        """Change the given fields of records that have their ``id``; what became of each, in order.

        :param known: records as the shop has them now, by id, in full; the others are read where that is needed
        :raises PlatformError: only while nothing was written
        """
        outcomes: list[Outcome] = []
        while len(outcomes) < len(records):
            start = len(outcomes)
            outcomes += self._change(resource, records[start : start + self._size(resource)], known or {})
        self._look_behind_warnings(resource, records, outcomes)
        return outcomes

    def _change(self, resource: str, some: Sequence[Raw], known: Mapping[str, Raw]) -> list[Outcome]:
        if self.stopped is not None:
            return [self.stopped] * len(some)
        try:
            rows = self._send_changes(resource, some, known)
        except PlatformError as error:
            self.wrote |= len(some) > 1 and error.status in _WHOSE and not _is_unread(error)
            if len(some) > 1 and (error.status in _WHOSE or _is_unread(error)):
                step = 1 if _is_warning(error) else (len(some) + 1) // 2
                parts = [some[start : start + step] for start in range(0, len(some), step)]
                return [outcome for part in parts for outcome in self._change(resource, part, known)]
            self._failed(error)
            return [error] * len(some)
        self.wrote, self._failures = True, 0
        by_id = {identifier(row.get("id")): row for row in rows}
        return [by_id.get(str(record["id"])) or _silent() for record in some]

    def _look_behind_warnings(self, resource: str, records: Sequence[Raw], outcomes: list[Outcome]) -> None:
        """Take for done what the shop has although it told a warning."""
        warned = {
            str(record["id"]): number
            for number, (record, outcome) in enumerate(zip(records, outcomes, strict=True))
            if isinstance(outcome, PlatformError) and _is_warning(outcome)
        }
        try:
            for row in self.client.among(resource, warned):
                number = warned.get(identifier(row.get("id")))
                if number is not None and shows(row, records[number]):
                    outcomes[number] = row
        except PlatformError:
            return

    def _send_changes(self, resource: str, some: Sequence[Raw], known: Mapping[str, Raw]) -> list[Raw]:
        if self.patches:
            try:
                rows = self._send("PATCH", resource, some)
            except PlatformError as error:
                if self._patches or error.status not in _NO_PATCH:
                    raise
                self._patches = False
            else:
                self._patches = True
                return rows
        missing = [str(record["id"]) for record in some if str(record["id"]) not in known]
        now = {**known, **{identifier(row.get("id")): row for row in self.client.among(resource, missing)}}
        writable = self.client.writable(resource)
        whole = [
            whole_record(now[str(record["id"])], record, writable) if str(record["id"]) in now else record
            for record in some
        ]
        return self._send("PUT", resource, whole)

    @property
    def patches(self) -> bool:
        """Whether single fields can be changed; PrestaShop has had PATCH since 8.0."""
        major = self.client.version.partition(".")[0]
        return self._patches is not False and not (major.isdecimal() and int(major) < 8)

    # --- making

    def create(
        self, resource: str, records: Sequence[Raw], find: Callable[[Sequence[int]], Mapping[int, Raw]]
    ) -> list[Outcome]:
        """Make records; what became of each, in order.

        :param find: those of the records with these numbers that are on the shop, by number
        :raises PlatformError: only while nothing was written
        """
        outcomes: list[Outcome] = []
        while len(outcomes) < len(records):
            start = len(outcomes)
            numbers = range(start, min(start + self._size(resource), len(records)))
            outcomes += self._create(resource, records, numbers, find)
        return outcomes

    def _create(
        self,
        resource: str,
        records: Sequence[Raw],
        numbers: range,
        find: Callable[[Sequence[int]], Mapping[int, Raw]],
    ) -> list[Outcome]:
        """At least the first of these numbers; up to the one that the shop refused."""
        if self.stopped is not None:
            return [self.stopped] * len(numbers)
        try:
            rows = self._send("POST", resource, [records[number] for number in numbers])
        except PlatformError as error:
            if _is_unread(error) and len(numbers) > 1:
                return self._create(resource, records, numbers[: (len(numbers) + 1) // 2], find)
            if error.status not in _WHOSE or (len(numbers) == 1 and not error.in_doubt):
                self._failed(error)
                return [error] * len(numbers)
            return self._made_before(error, numbers, find)
        self.wrote, self._failures = True, 0
        if len(rows) != len(numbers):
            return [_silent(in_doubt=True)] * len(numbers)
        return list(rows)

    def _made_before(
        self, error: PlatformError, numbers: range, find: Callable[[Sequence[int]], Mapping[int, Raw]]
    ) -> list[Outcome]:
        """Records are made in order: the first that is not there is the one that was refused."""
        self.wrote = True
        try:
            found = find(list(numbers))
        except PlatformError:
            doubt = PlatformError(error.code, error.message, status=error.status, retry=True, in_doubt=True)
            self.stopped = self.stopped or error.unsent()
            return [doubt] * len(numbers)
        outcomes: list[Outcome] = []
        for number in numbers:
            if number not in found and outcomes and _is_warning(error):
                return outcomes  # it was not reached
            if number not in found:
                self._failed(error.unsent())
                return [*outcomes, error.unsent()]
            outcomes.append(found[number])
        return outcomes

    # --- removing

    def remove(self, resource: str, ids: Sequence[str]) -> PlatformError | None:
        """Remove records, by the hundred; why that failed."""
        for start in range(0, len(ids), SIZE):
            if self.stopped is not None:
                return self.stopped
            try:
                self.client.delete(resource, ids[start : start + SIZE])
            except PlatformError as error:
                self._failed(error)
                return error
            self.wrote = True
        return None

    # --- the wire

    def _send(self, method: str, resource: str, some: Sequence[Raw]) -> list[Raw]:
        """Records as the shop answers, in the order sent: without a list around them, whatever their number."""
        body = xml.document(node_name(resource), *some)
        # One record is addressed by its id, for firewalls that know the webservice's guide; it takes it from the body.
        path = f"{resource}/{some[0]['id']}" if method != "POST" and len(some) == 1 else resource
        response = self.client.request(method, path, self.params, body=body, idempotent=method != "POST")
        if response.seconds > _SLOW:
            self._sizes[resource] = max(1, len(some) // 2)
        try:
            return xml.records(response.body)
        except ValueError as error:
            message = _("The shop did not answer with its XML: %(error)s", error=str(error))
            doubt = not response.idempotent
            raise PlatformError("bad_answer", message, status=response.status, retry=True, in_doubt=doubt) from None

    def _failed(self, error: PlatformError) -> None:
        """Send nothing more where what ails the shop ails the rest.

        :raises PlatformError: while nothing was written
        """
        if error.status == 500 and error.code.isdecimal():
            return  # the record's own matter, and the webservice said what
        if error.status == 500 or _is_unread(error):
            self._failures += 1
            if self._failures < _TRIES:
                self.wrote |= error.in_doubt
                return
        elif not (error.retry or error.in_doubt or error.status in (401, 403) or error.code in RIGHT_CODES):
            return
        if not self.wrote and not error.in_doubt:
            raise error
        self.wrote = True
        self.stopped = self.stopped or error.unsent()


def whole_record(now: Raw, record: Raw, writable: Iterable[str]) -> Raw:
    """A record to replace another with: PUT blanks what is left out (observed on 8.1.2).

    Associations are replaced one by one, and those that are not sent stay (source: ``saveEntityFromXml``): a product
    sent with some of its combinations would lose the others.
    """
    kept = set(writable) - _COMPUTED
    whole: Raw = {"id": record["id"]}
    for name, value in now.items():
        if name in kept and name not in record and value not in ("", {}):
            whole[name] = value
    for name, value in record.items():
        before = now.get(name)
        both = isinstance(value, Mapping) and isinstance(before, Mapping) and name != "associations"
        whole[name] = {**before, **value} if both and before is not None else value
    return whole


def shows(row: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a record on the shop is as it was told: the texts, the figures, and what it is filed under."""
    for name, value in record.items():
        if name == "associations":
            groups = row.get(name)
            for group, rows in value.items():
                there = groups.get(group, ()) if isinstance(groups, Mapping) else ()
                if {text(one.get("id")) for one in there} != {text(one.get("id")) for one in rows}:
                    return False
        elif isinstance(value, Mapping):
            told = row.get(name)
            if not isinstance(told, Mapping) or any(text(told.get(key)) != text(said) for key, said in value.items()):
                return False
        elif not same_value(row.get(name), value):
            return False
    return True


def same_value(shown: Any, wanted: Any) -> bool:
    """Whether a field is as wanted: figures come with six decimals, and no id is ``0`` or nothing."""
    found, asked = text(shown), text(wanted)
    if found == asked:
        return True
    try:
        return Decimal(found or "0") == Decimal(asked or "0")
    except ArithmeticError:
        return False


def _is_unread(error: PlatformError) -> bool:
    """Whether the webservice, which tells its own refusals by numbers, never saw it."""
    return error.status in _UNREAD and not error.code.isdecimal()


def _is_warning(error: PlatformError) -> bool:
    """Whether PHP said something while the webservice went on."""
    return error.status == 500 and error.code.isdecimal() and PHP_SAID in error.message


def _silent(*, in_doubt: bool = False) -> PlatformError:
    message = _("The shop did not say what became of it.")
    return PlatformError("bad_answer", message, retry=True, in_doubt=in_doubt)


def refusal_of(error: PlatformError, *, new: bool, known: str = "") -> Refusal:
    """Why the shop did not take something, in words that a shopkeeper can act upon."""
    words = text(error.message)
    if error.code == "92" or (error.status == 404 and known):
        return Refusal("not_found", _("The shop no longer has this product: %(id)s.", id=known))
    field = next((ours for theirs, ours in _FIELDS.items() if f"->{theirs} " in words or f'"{theirs}"' in words), "")
    return Refusal(error.code, error.message, error.retry, error.in_doubt and new, error.retry_after, field)


_FIELDS = {
    "name": "name",
    "link_rewrite": "slug",
    "description": "description",
    "description_short": "summary",
    "reference": "sku",
    "ean13": "barcode",
    "price": "price",
    "weight": "weight",
    "id_tax_rules_group": "tax_class",
    "id_manufacturer": "brands",
}
