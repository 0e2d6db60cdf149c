"""The demonstration catalogue, as plain data: what the simulated shops sell, and what an Odoo beside them stocks.

Prices include tax. Stock is by warehouse code; a shop without warehouses shows the sum. Every product and variant has a
valid EAN-13 of a prefix reserved for use inside a company (20-29).
"""

from __future__ import annotations

from decimal import Decimal

from .merchandise import Attribute, Product, Text, Variant, ean13

WAREHOUSES = {"PAR": "Entrepôt Paris", "LYO": "Entrepôt Lyon"}
CATEGORIES = {
    "cosmetics": Text("Cosmétiques", "Cosmetics"),
    "food": Text("Épicerie fine", "Fine food"),
    "electronics": Text("Électronique", "Electronics"),
    "clothes": Text("Vêtements", "Clothes"),
    "home": Text("Maison", "Home"),
    "books": Text("Livres et presse", "Books and press"),
}
COLOURS = (
    Text("Noir", "Black"),
    Text("Blanc", "White"),
    Text("Bleu marine", "Navy blue"),
)
SIZES = (Text("S", "S"), Text("M", "M"), Text("L", "L"), Text("XL", "XL"))
ATTRIBUTES = {
    "couleur": Attribute("couleur", Text("Couleur", "Colour"), COLOURS),
    "taille": Attribute("taille", Text("Taille", "Size"), SIZES),
    "contenance": Attribute(
        "contenance", Text("Contenance", "Volume"), (Text("30 ml", "30 ml"), Text("50 ml", "50 ml"))
    ),
}


def _stock(paris: int, lyon: int) -> dict[str, int]:
    return {"PAR": paris, "LYO": lyon}


def _clothes(sku: str, first: int, codes: tuple[str, ...], stock: int) -> tuple[Variant, ...]:
    """All colours of :data:`COLOURS` named by a code, times all sizes."""
    found: list[Variant] = []
    for colour, code in zip(COLOURS, codes, strict=False):
        for size in SIZES:
            number = first + len(found)
            values = {"couleur": colour.fr, "taille": size.fr}
            found.append(Variant(f"{sku}-{code}-{size.fr}", ean13(number), values, _stock(stock, stock // 3)))
    return tuple(found)


def _simple(
    number: int, sku: str, fr: str, en: str, price: str, weight: str, rate: str, category: str, **more: object
) -> Product:
    return Product(
        sku=sku,
        name=Text(fr, en),
        price=Decimal(price),
        weight=Decimal(weight),
        tax_rate=Decimal(rate),
        category=category,
        barcode=ean13(number),
        **more,  # type: ignore[arg-type]
    )


PRODUCTS: tuple[Product, ...] = (
    _simple(
        101,
        "COS-CREME-JOUR",
        "Crème de jour à la rose",
        "Rose day cream",
        "24.90",
        "0.120",
        "20",
        "cosmetics",
        tracking="lot",
        expiry_days=730,
        stock=_stock(60, 20),
        description=Text("Hydrate et protège, pot de 50 ml.", "Moisturises and protects, 50 ml jar."),
    ),
    _simple(
        102,
        "COS-SAVON-LAV",
        "Savon de Marseille à la lavande",
        "Lavender Marseille soap",
        "5.90",
        "0.125",
        "20",
        "cosmetics",
        stock=_stock(200, 80),
        description=Text("Pain de 125 g, huile d'olive.", "125 g bar, olive oil."),
    ),
    _simple(
        103,
        "COS-HUILE-ARGAN",
        "Huile d'argan bio",
        "Organic argan oil",
        "18.50",
        "0.090",
        "20",
        "cosmetics",
        tracking="lot",
        expiry_days=540,
        stock=_stock(45, 15),
    ),
    Product(
        sku="COS-PARFUM",
        name=Text("Eau de parfum Lumière", "Lumière eau de parfum"),
        price=Decimal("49.00"),
        weight=Decimal("0.210"),
        tax_rate=Decimal("20"),
        category="cosmetics",
        tracking="lot",
        expiry_days=1095,
        attributes=("contenance",),
        variants=(
            Variant("COS-PARFUM-30", ean13(104), {"contenance": "30 ml"}, _stock(25, 10)),
            Variant("COS-PARFUM-50", ean13(105), {"contenance": "50 ml"}, _stock(18, 6), Decimal("69.00")),
        ),
    ),
    _simple(
        201,
        "EPI-MIEL-ACACIA",
        "Miel d'acacia 250 g",
        "Acacia honey 250 g",
        "8.90",
        "0.430",
        "5.5",
        "food",
        tracking="lot",
        expiry_days=720,
        stock=_stock(90, 30),
    ),
    _simple(
        202,
        "EPI-CHOCO-NOIR",
        "Chocolat noir 72 % 100 g",
        "Dark chocolate 72% 100 g",
        "4.50",
        "0.110",
        "5.5",
        "food",
        tracking="lot",
        expiry_days=365,
        stock=_stock(150, 60),
    ),
    _simple(
        203,
        "EPI-CONF-FRAISE",
        "Confiture de fraises 350 g",
        "Strawberry jam 350 g",
        "6.20",
        "0.560",
        "5.5",
        "food",
        tracking="lot",
        expiry_days=900,
        stock=_stock(70, 25),
    ),
    _simple(
        204,
        "EPI-FOIE-GRAS",
        "Foie gras de canard 180 g",
        "Duck foie gras 180 g",
        "29.90",
        "0.310",
        "5.5",
        "food",
        tracking="lot",
        expiry_days=1200,
        stock=_stock(30, 12),
    ),
    _simple(
        205,
        "EPI-PANIER-APERO",
        "Panier apéritif à emporter",
        "Takeaway aperitif basket",
        "22.00",
        "1.200",
        "10",
        "food",
        tracking="lot",
        expiry_days=10,
        stock=_stock(20, 8),
    ),
    _simple(
        206,
        "EPI-CHAMPAGNE",
        "Champagne brut 75 cl",
        "Brut champagne 75 cl",
        "34.00",
        "1.600",
        "20",
        "food",
        tracking="lot",
        stock=_stock(48, 24),
    ),
    _simple(
        301,
        "ELE-CASQUE-BT",
        "Casque audio Bluetooth",
        "Bluetooth headphones",
        "129.00",
        "0.350",
        "20",
        "electronics",
        tracking="serial",
        stock=_stock(15, 6),
    ),
    _simple(
        302,
        "ELE-MONTRE",
        "Montre connectée",
        "Smart watch",
        "199.00",
        "0.180",
        "20",
        "electronics",
        tracking="serial",
        stock=_stock(12, 5),
    ),
    _simple(
        303,
        "ELE-ENCEINTE",
        "Enceinte portable étanche",
        "Waterproof portable speaker",
        "79.90",
        "0.620",
        "20",
        "electronics",
        tracking="serial",
        stock=_stock(20, 8),
    ),
    _simple(
        304,
        "ELE-CABLE-USBC",
        "Câble USB-C tressé 2 m",
        "Braided USB-C cable 2 m",
        "14.90",
        "0.070",
        "20",
        "electronics",
        stock=_stock(120, 40),
    ),
    Product(
        sku="VET-TSHIRT",
        name=Text("T-shirt en coton bio", "Organic cotton T-shirt"),
        price=Decimal("19.90"),
        weight=Decimal("0.180"),
        tax_rate=Decimal("20"),
        category="clothes",
        attributes=("couleur", "taille"),
        variants=_clothes("VET-TSHIRT", 401, ("NOI", "BLA", "MAR"), 30),
    ),
    Product(
        sku="VET-SWEAT",
        name=Text("Sweat à capuche", "Hooded sweatshirt"),
        price=Decimal("49.90"),
        weight=Decimal("0.550"),
        tax_rate=Decimal("20"),
        category="clothes",
        attributes=("couleur", "taille"),
        variants=_clothes("VET-SWEAT", 421, ("NOI", "BLA"), 15),
    ),
    _simple(
        441,
        "VET-ECHARPE",
        "Écharpe en laine mérinos",
        "Merino wool scarf",
        "39.00",
        "0.200",
        "20",
        "clothes",
        stock=_stock(40, 15),
    ),
    _simple(
        501,
        "MAI-BOUGIE-FIG",
        "Bougie parfumée figuier",
        "Fig tree scented candle",
        "16.50",
        "0.420",
        "20",
        "home",
        stock=_stock(75, 25),
    ),
    _simple(
        502,
        "MAI-MUG-BLEU",
        "Mug en grès bleu",
        "Blue stoneware mug",
        "12.50",
        "0.380",
        "20",
        "home",
        stock=_stock(100, 35),
    ),
    _simple(
        601,
        "LIV-RECETTES",
        "Livre « Recettes de Provence »",
        "Book “Recipes from Provence”",
        "21.00",
        "0.800",
        "5.5",
        "books",
        stock=_stock(35, 15),
    ),
    _simple(
        602,
        "LIV-MAGAZINE",
        "Magazine « Art de vivre » n° 12",
        "Magazine “Art de vivre” no. 12",
        "5.50",
        "0.240",
        "2.1",
        "books",
        stock=_stock(80, 30),
    ),
)
COUPONS = {
    "BIENVENUE10": ("percent", Decimal("10"), Text("10 % pour bien commencer", "10% to start with")),
    "MOINS5": ("fixed_cart", Decimal("5"), Text("5 € sur le panier", "€5 off the cart")),
    "ARTICLE2": ("fixed_product", Decimal("2"), Text("2 € par article", "€2 off each article")),
}


def skus() -> list[str]:
    """Every SKU that can be sold: simple products and variants."""
    return [item.sku for product in PRODUCTS for item in (product.variants or (product,))]
