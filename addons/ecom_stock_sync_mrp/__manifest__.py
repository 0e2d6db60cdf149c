{
    "name": "E-commerce Stock: Kits",
    "summary": "Kits show on every channel what their components allow",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_stock_sync", "sale_mrp"],
    "data": ["security/ir.model.access.csv", "security/kit_rules.xml"],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
