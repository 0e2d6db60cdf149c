"""The people of the demonstration: each has one role, and sees what that role sees."""

from __future__ import annotations

from dev.client import Client

PEOPLE = {
    "preparer": "Léa Martin",
    "service": "Hugo Petit",
    "accountant": "Inès Moreau",
    "manager": "Paul Garnier",
    "api": "Boutique du Port",
}
"""``{role: name}``; the role is login and password alike."""


def hire(admin: Client, language: str) -> dict[str, Client]:
    """Create a user for each role, and return their connections by role; the administrator is among them."""
    groups = {
        row["name"]: row["res_id"]
        for row in admin.search_read(
            "ir.model.data", [("module", "=", "ecom_connector"), ("model", "=", "res.groups")], "name", "res_id"
        )
    }
    employee = _group(admin, "base", "group_user")
    own = {
        "manager": [_group(admin, "product", "group_product_manager")],  # changes products as well
        "accountant": [_group(admin, "account", "group_account_basic")],  # and reconciles the bank
    }
    admin.call("res.users", "write", [admin.uid], {"lang": language})
    for role, name in PEOPLE.items():
        values = {
            "name": name,
            "login": role,
            "password": role,
            "email": f"{role}@example.com",
            "lang": language,
            "tz": "Europe/Paris",
            "notification_type": "inbox",
            "group_ids": [(6, 0, [employee, groups[f"group_{role}"], *own.get(role, ())])],
        }
        admin.call("res.users", "create", values)
    return {"admin": admin} | {role: Client(admin.url, admin.database, role, role) for role in PEOPLE}


def _group(admin: Client, module: str, name: str) -> int:
    found = admin.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], "res_id")
    return int(found[0]["res_id"])
