"""Orders as an external shop pushes them."""

from __future__ import annotations

from typing import Any


def external_order(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A sound order; ``changes`` replace its fields, those that are ``...`` are left out."""
    order: dict[str, Any] = {
        "external_ref": f"A-{number}",
        "number": f"{1000 + number}",
        "state": "confirmed",
        "currency": "EUR",
        "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-02T11:00:00+01:00",
        "prices_include_tax": True,
        "total": "28.80",
        "total_tax": "4.80",
        "customer": {"external_ref": "C-7", "email": "marie@example.com", "name": "Marie Durand", "language": "fr"},
        "billing": {
            "name": "Marie Durand",
            "street": "1 rue de la Paix",
            "city": "Paris",
            "zip": "75002",
            "country": "FR",
            "phone": "06 12 34 56 78",
        },
        "lines": [
            {
                "id": "1",
                "sku": "MUG",
                "name": "Mug",
                "quantity": 2,
                "net": "20.00",
                "taxes": [{"code": "FR20", "amount": "4.00"}],
                "options": [{"label": "Couleur", "value": "bleu"}],
            },
            {
                "id": "2",
                "kind": "shipping",
                "name": "Colissimo",
                "method": "colissimo",
                "net": "4.00",
                "taxes": [{"code": "FR20", "amount": "0.80"}],
            },
        ],
        "taxes": [{"code": "FR20", "label": "TVA 20 %", "rate": "20", "country": "FR"}],
        "payments": [{"method": "card", "title": "Carte", "amount": "28.80", "paid_at": "2026-11-02T10:00:05Z"}],
    }
    order |= changes
    return {name: value for name, value in order.items() if value is not ...}
