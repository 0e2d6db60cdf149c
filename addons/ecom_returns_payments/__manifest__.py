{
    "name": "E-commerce Returns: Payments",
    "summary": "What a shop cannot pay back goes back through the gateway that collected it",
    "version": "19.0.1.0.0",
    "category": "Sales/E-commerce",
    "author": "E-commerce Connector contributors",
    "license": "LGPL-3",
    "depends": ["ecom_returns", "ecom_payments"],
    "auto_install": True,
}
