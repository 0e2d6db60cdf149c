{
    "name": "E-commerce Returns",
    "summary": "Returns from the customer's click to stock, books and money",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_stock_sync"],
    "data": [
        "security/ir.model.access.csv",
        "security/return_rules.xml",
        "data/return_sequence.xml",
        "data/return_reasons.xml",
        "views/return_views.xml",
        "views/return_setup_views.xml",
        "views/return_document_views.xml",
        "views/receipt_views.xml",
        "views/money_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["ecom_returns/static/src/**/*"],
    },
}
