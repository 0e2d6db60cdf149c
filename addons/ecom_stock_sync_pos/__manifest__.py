{
    "name": "E-commerce Stock: Point of Sale",
    "summary": "What is rung up at a counter is gone from every channel at once",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_stock_sync", "point_of_sale"],
    "auto_install": True,
}
