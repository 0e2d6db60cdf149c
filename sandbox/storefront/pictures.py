"""Small drawings for the products, one for each category, coloured by product; they need no font and no file."""

from __future__ import annotations

from markupsafe import Markup

from ..catalogue import CATEGORIES

SHAPES = {
    "cosmetics": (
        '<path d="M26 8h12v10H26z"/><path d="M22 18h20v6H22z" opacity=".55"/>'
        '<rect x="18" y="24" width="28" height="34" rx="7"/><path d="M24 38h16v8H24z" fill="#fff" opacity=".75"/>'
    ),
    "food": (
        '<rect x="17" y="9" width="30" height="9" rx="3"/>'
        '<rect x="14" y="20" width="36" height="37" rx="9" opacity=".8"/>'
        '<path d="M20 33h24v13H20z" fill="#fff" opacity=".75"/>'
    ),
    "electronics": (
        '<path d="M12 38a20 20 0 0 1 40 0" fill="none" stroke="currentColor" stroke-width="5"/>'
        '<rect x="7" y="35" width="13" height="20" rx="5"/><rect x="44" y="35" width="13" height="20" rx="5"/>'
    ),
    "clothes": (
        '<path d="M23 9l-15 9 6 13 6-3v28h24V28l6 3 6-13-15-9a9 9 0 0 1-18 0z"/>'
        '<path d="M26 34h12v4H26z" fill="#fff" opacity=".6"/>'
    ),
    "home": (
        '<path d="M12 20h32v24a12 12 0 0 1-12 12h-8a12 12 0 0 1-12-12z"/>'
        '<path d="M44 26h4a7 7 0 0 1 0 16h-4" fill="none" stroke="currentColor" stroke-width="4.5"/>'
        '<path d="M20 14c0-4 4-4 4-8M30 14c0-4 4-4 4-8" fill="none" stroke="currentColor" '
        'stroke-width="2.5" opacity=".5"/>'
    ),
    "books": (
        '<path d="M8 13c9-3 17-2 24 3v40c-7-5-15-6-24-3z"/>'
        '<path d="M56 13c-9-3-17-2-24 3v40c7-5 15-6 24-3z" opacity=".65"/>'
    ),
}
PARCEL = '<path d="M8 20l24-11 24 11v26L32 57 8 46z" opacity=".75"/><path d="M8 20l24 11 24-11-24-11z"/>'


def picture(category: str, number: int) -> Markup:
    """The drawing of a product.

    :param category: the name of its category, as the shop shows it.
    :param number: anything that tells products apart; it gives the colour.
    """
    code = next((code for code, name in CATEGORIES.items() if name.fr == category), "")
    hue = number * 47 % 360
    return Markup(
        '<div class="pic" aria-hidden="true" style="'
        'background:linear-gradient(135deg,hsl({0} 42% 93%),hsl({1} 45% 88%));color:hsl({0} 32% 45%)">'
        '<svg viewBox="0 0 64 64" fill="currentColor">{2}</svg></div>'
    ).format(hue, (hue + 35) % 360, Markup(SHAPES.get(code, PARCEL)))
