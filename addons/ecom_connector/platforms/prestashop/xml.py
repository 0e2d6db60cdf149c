"""The webservice's XML as plain data, and back: nothing in it is trusted, nothing outside it is ever fetched.

A record is a ``dict`` of texts. A field with languages is a ``dict`` by the language's id, and ``associations`` is a
``dict`` of lists of records. Everything can be kept as JSON, which is how raw orders are stored.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from ..words import _

Record = dict[str, Any]

_ROOT = "prestashop"
# What XML 1.0 forbids. Shops print it all the same when a customer pasted it into a note, and one such note would
# otherwise make a whole page of orders unreadable.
_FORBIDDEN = bytes(code for code in range(32) if code not in (9, 10, 13))
_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)

# What the rows of an association are called, where it is not the association's name without its "s".
_ROWS = {
    "accessories": "product",
    "addresses": "address",
    "categories": "category",
    "product_bundle": "product",
    "taxes": "tax",
}


def parse(body: bytes) -> etree._Element:
    """The root element of an answer.

    :raises ValueError: when it is no XML of the webservice, or declares a document type
    """
    # A byte order mark or a blank line from a module's file may come first; the encoding is always this one.
    source = body.decode("utf-8-sig", errors="replace").lstrip()
    prolog = _PROLOG.match(source)
    # The webservice never declares one. Entities and external files need it, so there is nothing to weigh up.
    if source.startswith("<!", prolog.end() if prolog else 0):
        if source[prolog.end() if prolog else 0 :][:14].upper().startswith("<!DOCTYPE HTML"):
            raise ValueError(_("it is a web page"))
        raise ValueError(_("it declares a document type, which is refused"))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(source.encode().translate(None, _FORBIDDEN), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(_("it is no XML (%(error)s)", error=str(error.msg))) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError(_("it declares a document type, which is refused"))
    if root.tag != _ROOT:
        raise ValueError(_("it is something else (<%(tag)s>)", tag=str(root.tag)))
    return root


def records(body: bytes) -> list[Record]:
    """The records of a list (``<orders><order>…``), or the one of a single answer (``<order>…``).

    :raises ValueError: as :func:`parse`
    """
    return [
        record(node) for top in parse(body) for node in ([top] if _is_record(top) else top) if isinstance(node.tag, str)
    ]


def record(node: etree._Element) -> Record:
    """A record's fields by name; one that is only named in a list has just its ``id``."""
    found: Record = {}
    if number := node.get("id"):
        found["id"] = number
    for child in node:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "associations":
            found["associations"] = {
                str(group.tag): [record(row) for row in group if isinstance(row.tag, str)]
                for group in child
                if isinstance(group.tag, str)
            }
        elif len(child):
            found[child.tag] = {
                str(value.get("id")): _text(value) for value in child if value.tag == "language" and value.get("id")
            }
        else:
            found[child.tag] = _text(child)
    return found


def errors(body: bytes) -> list[tuple[str, str]]:
    """``(code, message)`` of an answer that tells errors; empty when it tells none.

    Messages are escaped although they are in CDATA, "-&gt;" (observed on 8.1.2).

    :raises ValueError: as :func:`parse`
    """
    return [
        ((error.findtext("code") or "").strip(), " ".join(html.unescape(error.findtext("message") or "").split()))
        for error in parse(body).iterfind("errors/error")
    ]


def document(name: str, *values: Mapping[str, Any]) -> bytes:
    """What the webservice takes: one or several records called ``name``, texts in CDATA.

    Values are texts, numbers, ``True`` and ``False``, or a mapping of languages; ``None`` is an empty text.
    """
    root = etree.Element(_ROOT)
    for one in values:
        _write(etree.SubElement(root, name), one)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def row_name(association: str) -> str:
    """What one row of an association is called."""
    return _ROWS.get(association) or association.removesuffix("s")


def _write(node: etree._Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        child = etree.SubElement(node, name)
        if name == "associations":
            for group, rows in value.items():
                _write_rows(etree.SubElement(child, group), row_name(group), rows)
        elif isinstance(value, Mapping):
            for language, said in value.items():
                _write_text(etree.SubElement(child, "language", id=str(language)), said)
        else:
            _write_text(child, value)


def _write_rows(node: etree._Element, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        _write(etree.SubElement(node, name), row)


def _write_text(node: etree._Element, value: Any) -> None:
    said = "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
    clean = said.encode(errors="replace").translate(None, _FORBIDDEN).decode()
    # A CDATA section ends at this, whatever comes before it.
    node.text = clean if "]]>" in clean else etree.CDATA(clean)


def _is_record(node: etree._Element) -> bool:
    """Whether a top element is a record itself: its own ``id`` is a field and not a row."""
    return node.find("id") is not None


def _text(node: etree._Element) -> str:
    return (node.text or "").strip()
