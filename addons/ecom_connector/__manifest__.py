{
    "name": "E-commerce Connector",
    "summary": "Online shops and marketplaces tied to Odoo's sales, stock and accounting",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["sale_management", "stock_delivery", "phone_validation", "account_payment", "base_vat"],
    "external_dependencies": {"python": ["phonenumbers", "requests"]},
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/products.xml",
    ],
    "application": True,
}
