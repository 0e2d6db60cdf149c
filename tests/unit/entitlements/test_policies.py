"""Which of the merchant's terms decide."""

from decimal import Decimal

from entitlements.policies import Case, Policy, decide

CASE = Case(1, frozenset({10, 1}), frozenset({5}), Decimal("40.00"), 20)


def found(*policies):
    policy = decide(policies, CASE)
    return policy.id if policy else None


def test_the_first_that_fits_decides_and_without_one_a_person():
    assert found(Policy(1, days_to=14), Policy(2, days_to=30), Policy(3)) == 2
    assert found(Policy(1, days_to=14)) is None


def test_each_condition_is_held_to():
    assert found(Policy(1, channels=frozenset({2}))) is None
    assert found(Policy(1, categories=frozenset({1}))) == 1, "a category above the product's"
    assert found(Policy(1, reasons=frozenset({5, 6}))) == 1
    assert found(Policy(1, reasons=frozenset({6}))) is None
    assert found(Policy(1, value_from=Decimal("40.01"))) is None
    assert found(Policy(1, value_to=Decimal("40.00"))) == 1
    assert found(Policy(1, value_to=Decimal("39.99"))) is None
