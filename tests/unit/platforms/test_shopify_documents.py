"""Every document that the package can send is held to Shopify's own schemas, permissions and limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate
from shopify_schema import KEYED, VERSIONS, cost, schema, scopes_needed

from platforms.shopify import bulk, catalogue_bulk, orders
from platforms.shopify.operations import BATCHES, MOST_POINTS, OPERATIONS, Operation
from platforms.shopify.scopes import BALANCE_SCOPES, SCOPES, missing_scopes

DOCUMENTS = [*OPERATIONS, *(batch.operation(2) for batch in BATCHES)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_document_is_valid(contracts: Path, version: str) -> None:
    for operation in DOCUMENTS:
        assert validate(schema(contracts, version), parse(operation.text)) == [], operation.name
    for text in (bulk.bulk_query(None), catalogue_bulk.BULK_QUERY):
        assert validate(schema(contracts, version), parse(text)) == []


def test_names_are_unique() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(set(names)) == len(names), "costs are learned by name"


def test_mutations_that_need_a_key_bear_one() -> None:
    for operation in DOCUMENTS:
        for field in _root_fields(operation):
            directives = {directive.name.value for directive in field.directives or ()}
            if field.name.value in KEYED:
                assert "idempotent" in directives, operation.name
            if "idempotent" in directives:
                assert operation.repeatable, operation.name


def test_the_scopes_that_are_asked_for_are_enough_and_none_is_idle(contracts: Path) -> None:
    idle = set(SCOPES)
    granted = idle | {f"read_{scope.removeprefix('write_')}" for scope in SCOPES} | set(BALANCE_SCOPES)
    for operation in DOCUMENTS:
        for enough in scopes_needed(contracts, operation.text):
            assert granted & enough, f"{operation.name} needs one of {sorted(enough)}"
            idle -= enough
    # A scope to read is had with the one to write.
    assert not {scope for scope in idle if f"write_{scope.removeprefix('read_')}" not in SCOPES}


def test_who_may_write_may_read() -> None:
    assert missing_scopes(SCOPES) == []
    assert missing_scopes(set(SCOPES) - {"read_orders"}) == []
    assert missing_scopes(set(SCOPES) - {"write_orders", "read_locales"}) == ["write_orders", "read_locales"]


def test_a_page_of_orders_is_affordable(contracts: Path) -> None:
    assert orders.PAGE_SIZE >= 20
    size = {"first": orders.PAGE_SIZE}
    assert cost(schema(contracts, VERSIONS[-1]), orders.ORDERS.text, size) <= MOST_POINTS


def test_batches_are_affordable(contracts: Path) -> None:
    for batch in BATCHES:
        operation = batch.operation(batch.size)
        found = cost(schema(contracts, VERSIONS[-1]), operation.text, {})
        assert found <= MOST_POINTS, f"{batch.field}: {batch.size} take {found} points"


def test_a_bulk_query_keeps_to_five_lists(contracts: Path) -> None:
    assert bulk.bulk_query(None).count("edges {") <= 5
    assert catalogue_bulk.BULK_QUERY.count("edges {") <= 5


def _root_fields(operation: Operation) -> list[FieldNode]:
    definition = next(node for node in parse(operation.text).definitions if isinstance(node, OperationDefinitionNode))
    return [node for node in definition.selection_set.selections if isinstance(node, FieldNode)]
