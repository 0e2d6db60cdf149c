import base64

from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.shapes import Group, Rect
from reportlab.graphics.widgetbase import Widget

HEIGHT = 40


def barcode(text):
    """A Code 128 barcode as the address of a picture for papers.

    Odoo's own widget draws pixels, for which reportlab wants a library that is often absent; lines need none, and
    printers draw them sharply.
    """
    drawing = createBarcodeDrawing("Code128", value=text, humanReadable=0, barHeight=HEIGHT, barWidth=1, quiet=1)
    bars = "".join(f"M{x:g} 0h{width:g}v{HEIGHT}h-{width:g}z" for x, width in _bars(drawing))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width:g}" height="{HEIGHT}" '
        f'viewBox="0 0 {drawing.width:g} {HEIGHT}"><path d="{bars}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _bars(shape):
    """Where each bar begins, and how wide it is."""
    for part in shape.contents:
        if isinstance(part, Widget):
            part = part.draw()
        if isinstance(part, Group):
            yield from _bars(part)
        elif isinstance(part, Rect) and part.fillColor is not None:
            yield part.x, part.width
