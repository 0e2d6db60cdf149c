"""The resources of the webservice and their fields.

The tables are held to the vendor's own synopsis by a test. A table has a paragraph for each resource::

    [resource record list -FORBIDDEN]
    name*!~@:format/size>linked ...
    + association(row=>linked): name*!>linked ...

``*`` required, ``!`` read-only, ``~`` not to be filtered by, ``@`` with languages, ``=`` rows that are no resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import fields_catalogue, fields_orders, fields_shop

_FIELD = re.compile(r"(\w+)([*!~@]*)(?::(\w+))?(?:/(\d+))?(?:>([\w/]+))?$")
_ASSOCIATION = re.compile(r"(\w+)\((\w+)(=?)(?:>([\w/]+))?\): ?(.*)$")


@dataclass(frozen=True)
class Field:
    """One field; ``link`` is the resource whose ids it holds."""

    name: str
    required: bool = False
    read_only: bool = False
    filterable: bool = True
    languages: bool = False
    format: str = ""
    size: int = 0
    link: str = ""


@dataclass(frozen=True)
class Association:
    """A list inside a record; ``virtual`` rows are no resource of their own."""

    name: str
    row: str
    virtual: bool
    api: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Resource:
    """A resource: what one record and a list of them are called, and its fields in order."""

    name: str
    node: str
    nodes: str
    forbidden: frozenset[str]
    fields: dict[str, Field] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How errors name it: the class of one record."""
        return "".join(part.capitalize() for part in self.node.split("_"))

    @property
    def filterable(self) -> list[str]:
        """Fields that a list can be filtered and sorted by, without ``date=1``."""
        dates = ("date_add", "date_upd")
        return ["id", *(name for name, one in self.fields.items() if one.filterable and name not in dates)]


def _field(token: str) -> Field:
    match = _FIELD.match(token)
    if match is None:
        raise ValueError(token)
    name, flags, form, size, link = match.groups()
    return Field(
        name, "*" in flags, "!" in flags, "~" not in flags, "@" in flags, form or "", int(size or 0), link or ""
    )


def _read(table: str) -> Iterator[Resource]:
    for paragraph in table.strip().split("\n\n"):
        head, *lines = paragraph.strip().splitlines()
        name, node, nodes, *rest = head.strip("[]").split()
        forbidden = frozenset(rest[0].replace("-", "").split(",")) if rest else frozenset()
        resource = Resource(name, node, nodes, forbidden)
        plain, *associations = " ".join(line.strip() for line in lines).split("+ ")
        for token in plain.split():
            resource.fields[token_name(token)] = _field(token)
        for text in associations:
            match = _ASSOCIATION.match(text.strip())
            if match is None:
                raise ValueError(text)
            own, row, virtual, api, columns = match.groups()
            resource.associations[own] = Association(
                own, row, bool(virtual), api or own, tuple(map(_field, columns.split()))
            )
        yield resource


def token_name(token: str) -> str:
    """The name that a field's token begins with."""
    return re.split(r"[*!~@:/>]", token)[0]


RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for table in (fields_orders.TABLE, fields_catalogue.TABLE, fields_shop.TABLE)
    for resource in _read(table)
}
