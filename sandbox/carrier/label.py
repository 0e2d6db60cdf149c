"""A label as a small PDF, drawn by hand: number, address, weight."""

from __future__ import annotations

from collections.abc import Mapping

A6 = (298, 420)  # points


def label_pdf(number: str, recipient: Mapping[str, str], weight: float, reference: str) -> bytes:
    """A page of A6 that a label printer takes."""
    address = [
        recipient.get("name", ""),
        recipient.get("street", ""),
        f"{recipient.get('zip', '')} {recipient.get('city', '')}",
        recipient.get("country", ""),
    ]
    lines = [(18, "SANDBOX CARRIER", 380), (22, number, 330)]
    lines += [(13, line, 270 - 18 * place) for place, line in enumerate(filter(None, address))]
    lines += [(11, f"{weight:g} kg", 150), (11, reference, 130), (9, "For training: no parcel leaves with this.", 40)]
    text = "".join(f"BT /F1 {size} Tf 24 {height} Td ({_quoted(line)}) Tj ET\n" for size, line, height in lines)
    return _pdf(text.encode("latin-1", "replace"))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf(content: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % A6,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    document, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    document += b"".join(b"%010d 00000 n \n" % place for place in places)
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(document)
