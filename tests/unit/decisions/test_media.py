"""What a file is, whether shops take it, and how what they have no place for is shown."""

from __future__ import annotations

import pytest

from decisions import media


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ""),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<svg xmlns=", ""),
        (b"<!doctype html>", ""),
        (b"", ""),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert media.kind(head) == kind


def test_type_goes_before_size_and_an_empty_file_is_none() -> None:
    assert media.problem("image/svg+xml", 10, 100) == "type"
    assert media.problem("image/png", 101, 100) == "size"
    assert media.problem("image/png", 0, 100) == "size"
    assert media.problem("image/png", 100, 100) == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.youtube.com/watch?v=1", True),
        ("https://videos.example/a.mp4", True),
        ("http://youtu.be/1", True),
        ("http://notyoutube.com/1", False),
        ("http://youtube.com.evil.example/1", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://user:word@example.com/", False),
        ("https://exa mple.com", False),
        ("https://[broken", False),
    ],
)
def test_a_video_is_shown_over_tls_or_from_a_known_host(url: str, shown: bool) -> None:
    assert media.is_video_link(url) is shown


def test_links_are_added_once_and_taken_off_again() -> None:
    plain = "<p>Soap</p>"
    links = [('A "sheet" <b>', "https://shop.example/a.pdf?x=1&y=2")]
    once = media.with_links(plain, links)
    assert "<b>" not in once
    assert media.with_links(once, links) == once
    assert media.without_links(once) == media.with_links(once, []) == plain
