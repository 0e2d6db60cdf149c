"""Pictures of products, drawn: the demonstration needs some, and nobody's photographs."""

from __future__ import annotations

import base64
import io
from typing import Any

SIZE = 600
BACKGROUND = "#f4efe6"


def jug(colour: str) -> str:
    """A jug in this colour, as base64."""
    return _drawn(
        [
            ("ellipse", (390, 210, 520, 400), None, colour),
            ("polygon", ((190, 150), (410, 150), (440, 470), (160, 470)), colour, None),
            ("ellipse", (160, 430, 440, 510), colour, None),
            ("ellipse", (190, 120, 410, 180), "#3b3b3b", None),
            ("polygon", ((190, 150), (150, 130), (215, 175)), colour, None),
        ]
    )


def scarf(colour: str) -> str:
    """A folded scarf in this colour, as base64."""
    fringe = [("rectangle", (150 + 30 * n, 450, 162 + 30 * n, 510), colour, None) for n in range(10)]
    folds = [("line", ((150, 210 + 60 * n), (450, 210 + 60 * n)), BACKGROUND, None) for n in range(4)]
    return _drawn([("rectangle", (140, 120, 460, 450), colour, None), *folds, *fringe])


def _drawn(shapes: list[tuple[str, Any, str | None, str | None]]) -> str:
    """:param shapes: (kind, coordinates, filling, outline)"""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (SIZE, SIZE), BACKGROUND)
    pen = ImageDraw.Draw(picture)
    for kind, place, filling, outline in shapes:
        if kind == "line":
            pen.line(place, fill=filling, width=6)
        elif kind == "ellipse":
            pen.ellipse(place, fill=filling, outline=outline, width=24)
        else:
            getattr(pen, kind)(place, fill=filling)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()
