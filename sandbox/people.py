"""Plausible French customers, invented; e-mail addresses end in example.com and lead nowhere."""

from __future__ import annotations

import random
import unicodedata
from typing import Any

FIRST_NAMES = (
    "Marie",
    "Jeanne",
    "Louise",
    "Camille",
    "Léa",
    "Chloé",
    "Inès",
    "Zoé",
    "Manon",
    "Élise",
    "Anaïs",
    "Margaux",
    "Pierre",
    "Louis",
    "Hugo",
    "Théo",
    "Lucas",
    "Noël",
    "Étienne",
    "François",
    "Mathis",
    "Antoine",
    "Rémi",
    "Gaël",
)
LAST_NAMES = (
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefèvre",
    "Michel",
    "Garcia",
    "Roux",
    "Fournier",
    "Girard",
    "Bonnet",
    "Dupont",
    "Lambert",
    "Fontaine",
    "Rousseau",
    "Vincent",
    "Müller",
    "Lefebvre",
    "Mercier",
    "Blanc",
    "Guérin",
    "Boyer",
    "Garnier",
    "Chevalier",
)
STREETS = (
    "rue de la Paix",
    "avenue Victor-Hugo",
    "rue des Lilas",
    "boulevard Voltaire",
    "place de la République",
    "rue du Général-de-Gaulle",
    "chemin des Vignes",
    "allée des Tilleuls",
    "quai Saint-Michel",
    "impasse du Moulin",
    "rue de l'Église",
    "cours Lafayette",
)
TOWNS = (
    ("75011", "Paris"),
    ("69003", "Lyon"),
    ("13006", "Marseille"),
    ("33000", "Bordeaux"),
    ("44000", "Nantes"),
    ("59000", "Lille"),
    ("31000", "Toulouse"),
    ("67000", "Strasbourg"),
    ("35000", "Rennes"),
    ("06000", "Nice"),
    ("34000", "Montpellier"),
    ("38000", "Grenoble"),
    ("21000", "Dijon"),
    ("29200", "Brest"),
    ("20000", "Ajaccio"),
)
COMPANIES = (
    "Atelier Lumière SARL",
    "Boulangerie du Port",
    "Cabinet Moreau & Fils",
    "Société Générale de Thé",
    "Studio Nomade SAS",
)
PICKUP_POINTS = (
    ("066974", "TABAC DU PORT"),
    ("012345", "LE FOURNIL DE LÉA"),
    ("024680", "PRESSE DES HALLES"),
    ("031415", "FLEURS D'AUJOURD'HUI"),
    ("057721", "CAVE SAINT-MARTIN"),
)
GIFT_MESSAGES = (
    "Joyeux anniversaire ♥",
    "Bonne fête maman !",
    "Félicitations aux mariés",
    "Merci pour tout — à très vite",
)
NOTES = (
    "Sonner chez le gardien, digicode 45B12.",
    "Laisser le colis au voisin du 2e étage.",
    "Livrer après 18 h, merci !",
    "Merci d'ajouter la facture dans le colis ♥",
)


def plain(text: str) -> str:
    """Text as an e-mail address takes it."""
    letters = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in letters if letter.isalnum())


def vat_number(number: int) -> str:
    """A French VAT number of a SIREN with a valid check digit, and the key that belongs to it."""
    body = f"{number % 10**8:08d}"
    doubled = (int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(body))
    siren = int(body + str(-sum(digit // 10 + digit % 10 for digit in doubled) % 10))
    return f"FR{(12 + 3 * (siren % 97)) % 97:02d}{siren:09d}"


def address(random_: random.Random) -> dict[str, Any]:
    """A person at a French address, with the fields of a WooCommerce billing address."""
    first, last = random_.choice(FIRST_NAMES), random_.choice(LAST_NAMES)
    postcode, city = random_.choice(TOWNS)
    digits = f"0{random_.choice('67')}{random_.randrange(10**8):08d}"
    phone = random_.choice((digits, " ".join(digits[i : i + 2] for i in range(0, 10, 2)), f"+33{digits[1:]}"))
    return {
        "first_name": first,
        "last_name": last,
        "company": "",
        "address_1": f"{random_.randint(1, 120)} {random_.choice(STREETS)}",
        "address_2": random_.choice(("", "", "", "Bâtiment B", "Appartement 12")),
        "city": city,
        "state": "",
        "postcode": postcode,
        "country": "FR",
        "email": f"{plain(first)}.{plain(last)}.{random_.randrange(10**6)}@example.com",
        "phone": phone,
    }
