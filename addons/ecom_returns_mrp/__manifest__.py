{
    "name": "E-commerce Returns: Kits",
    "summary": "A part of a kit comes back, at its share of the price",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_returns", "sale_mrp"],
    "data": ["views/return_views.xml"],
    "auto_install": True,
}
