"""What kits are made of in the end: kits within kits taken apart, quantities in each component's own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EPSILON = 1e-9
"""A quantity below this is none: Odoo lets a kit have components that are left out."""

Parts = Sequence["tuple[int, float]"]


def flatten(recipes: Mapping[int, Parts], counted: frozenset[int] | set[int]) -> dict[int, dict[int, float]]:
    """``{kit: {component: quantity in one kit}}``.

    :param recipes: ``{kit: [(part, quantity in one kit)]}``; a part may be a kit itself
    :param counted: the products whose stock is counted; others limit no kit, and are left out

    A kit without any component that is counted is left out as well: nothing limits it.
    """
    done: dict[int, dict[int, float]] = {}
    for kit in recipes:
        _take_apart(kit, recipes, counted, done, ())
    return {kit: done[kit] for kit in recipes if done[kit]}


def _take_apart(
    kit: int,
    recipes: Mapping[int, Parts],
    counted: frozenset[int] | set[int],
    done: dict[int, dict[int, float]],
    above: tuple[int, ...],
) -> dict[int, float]:
    """The components of one kit; one that would contain itself, which Odoo refuses, is taken for a plain part."""
    if kit in done:
        return done[kit]
    found: dict[int, float] = {}
    for part, quantity in recipes[kit]:
        if quantity <= EPSILON:
            continue
        if part in recipes and part != kit and part not in above:
            for component, count in _take_apart(part, recipes, counted, done, (*above, kit)).items():
                found[component] = found.get(component, 0.0) + quantity * count
        elif part in counted:
            found[part] = found.get(part, 0.0) + quantity
    done[kit] = found
    return found
