"""The webservice's XML: what is sent in, and what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from ..store import Doc
from .errors import WsError
from .fields import Association, Field, Resource

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
TAIL = "</prestashop>\n"


def read(resource: Resource, body: bytes) -> list[Doc]:
    """The records of a request: only fields that it has, ``associations`` as lists of rows.

    :raise WsError: 500 with code 127 when it is no XML (observed on 8.1.2).
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        shown = body.decode("utf-8", "replace")
        message = f"XML error : String could not be parsed as XML\nXML length : {len(body)}\nOriginal XML : {shown}"
        raise WsError(500, (127, message)) from error
    return [_record(resource, node) for node in root if isinstance(node.tag, str)]


def _record(resource: Resource, node: etree._Element) -> Doc:
    found: Doc = {}
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name = child.tag
        if name == "associations":
            found["associations"] = {
                group.tag: [{str(cell.tag): _text(cell) for cell in row} for row in group]
                for group in child
                if group.tag in resource.associations
            }
        elif name in resource.fields and resource.fields[name].languages and len(child):
            found[name] = {str(value.get("id")): _text(value) for value in child}
        elif name == "id" or name in resource.fields:
            found[name] = _text(child)
    return found


def _text(node: etree._Element) -> str:
    return (node.text or "").strip()


def one(url: str, resource: Resource, doc: Doc, wanted: list[str] | None = None, languages: Sequence[str] = ()) -> str:
    """A record as it is printed.

    :param wanted: names of fields, and of associations as ``associations``; ``None`` for all
    :param languages: only these, when any are given
    """
    lines = [f"<{resource.node}>", f"\t<id><![CDATA[{doc['id']}]]></id>"]
    for name, field in resource.fields.items():
        if wanted is None or name in wanted:
            lines.append(_field(url, field, doc.get(name, ""), languages))
    groups = {
        name: group
        for name, group in resource.associations.items()
        if wanted is None or "associations" in wanted or name in wanted
    }
    if groups:
        lines.append("<associations>")
        kept = doc.get("associations", {})
        lines += [_association(url, group, kept.get(name, [])) for name, group in groups.items()]
        lines.append("</associations>")
    lines.append(f"</{resource.node}>")
    return "\n".join(lines)


def named(url: str, resource: Resource, doc: Doc) -> str:
    """A record as a list without ``display`` names it."""
    return f'<{resource.node} id="{doc["id"]}" xlink:href="{url}/api/{resource.name}/{doc["id"]}"/>'


def _field(url: str, field: Field, value: Any, languages: Sequence[str]) -> str:
    attributes = _link(url, field.link, value) + ("" if field.filterable else ' notFilterable="true"')
    if field.languages:
        inner = "".join(
            f'<language id="{key}" xlink:href="{url}/api/languages/{key}"><![CDATA[{_safe(said)}]]></language>'
            for key, said in (value.items() if isinstance(value, dict) else ())
            if not languages or key in languages
        )
        return f"\t<{field.name}{attributes}>{inner}</{field.name}>"
    return f"\t<{field.name}{attributes}><![CDATA[{_safe(value)}]]></{field.name}>"


def _association(url: str, group: Association, rows: list[Doc]) -> str:
    kind = ' virtualEntity="true"' if group.virtual else f' api="{group.api}"'
    head = f'<{group.name} nodeType="{group.row}"{kind}'
    if not rows:
        return f"{head}/>"
    lines = [f"{head}>"]
    for row in rows:
        own = "" if group.virtual else _link(url, group.api, row.get("id", ""))
        lines.append(f"\t<{group.row}{own}>")
        lines += [
            f"\t<{cell.name}{_link(url, cell.link, row.get(cell.name, ''))}>"
            f"<![CDATA[{_safe(row.get(cell.name, ''))}]]></{cell.name}>"
            for cell in group.fields
        ]
        lines.append(f"\t</{group.row}>")
    return "\n".join([*lines, f"</{group.name}>"])


def _link(url: str, resource: str, value: Any) -> str:
    return f' xlink:href="{url}/api/{resource}/{value}"' if resource and str(value) not in ("", "0") else ""


def _safe(value: Any) -> str:
    return str(value).replace("]]>", "]]&gt;")


def errors(found: Iterable[tuple[int, str]]) -> str:
    """The answer that tells errors; ``>`` is escaped although it is in CDATA (observed on 8.1.2)."""
    rows = "".join(
        f"<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{_escaped(message)}]]></message>\n</error>\n"
        for code, message in found
    )
    return f"{HEAD}<errors>\n{rows}</errors>\n{TAIL}"


def _escaped(message: str) -> str:
    return message.replace("->", "-&gt;")


def schema(url: str, resource: Resource, kind: str, languages: list[str]) -> str:
    """``?schema=blank`` and ``?schema=synopsis``."""
    lines = [f"<{resource.node}>"]
    if kind == "blank":
        lines.append("\t<id><![CDATA[]]></id>")
    for field in resource.fields.values():
        attributes = _synopsis(field) if kind == "synopsis" else ""
        inner = "<![CDATA[]]>"
        if field.languages:
            inner = "".join(f'<language id="{key}"><![CDATA[]]></language>' for key in languages)
        lines.append(f"\t<{field.name}{attributes}>{inner}</{field.name}>")
    if resource.associations:
        lines.append("<associations>")
        for group in resource.associations.values():
            cells = "".join(
                f"<{cell.name}{_synopsis(cell) if kind == 'synopsis' else ''}><![CDATA[]]></{cell.name}>"
                for cell in group.fields
            )
            kept = ' virtualEntity="true"' if group.virtual else f' api="{group.api}"'
            row = f"<{group.row}>{cells}</{group.row}>"
            lines.append(f'<{group.name} nodeType="{group.row}"{kept}>{row}</{group.name}>')
        lines.append("</associations>")
    return "\n".join([HEAD.rstrip(), *lines, f"</{resource.node}>", TAIL])


def _synopsis(field: Field) -> str:
    found = ' required="true"' if field.required else ""
    found += f' maxSize="{field.size}"' if field.size else ""
    found += f' format="{field.format}"' if field.format else ""
    found += "" if field.filterable else ' notFilterable="true"'
    return found + (' read_only="true" readOnly="true"' if field.read_only else "")
