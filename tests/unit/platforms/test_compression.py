"""Compressed answers: what servers send under the two names, damage, and a few bytes that stand for many."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.compression import Damaged, decompressed


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


WAYS = {
    "gzip": gzip.compress,
    "X-GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "": bytes,
    "identity": bytes,
}


@given(st.binary(max_size=5000), st.sampled_from(sorted(WAYS)))
def test_what_was_said_is_read(data: bytes, encoding: str) -> None:
    assert decompressed(WAYS[encoding](data), encoding, 10_000) == data


def test_several_parts_are_one_and_padding_is_none() -> None:
    two = gzip.compress(b"first ") + gzip.compress(b"second")
    assert decompressed(two, "gzip", 100) == b"first second"
    assert decompressed(two + bytes(20), "gzip", 100) == b"first second"
    assert decompressed(b"", "gzip", 100) == b"", "an answer without a body has no head either"


def test_more_than_the_limit_is_cut_off_after_one_byte() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(decompressed(bomb, "gzip", 1000)) == 1001
    assert len(decompressed(gzip.compress(bytes(1000)) * 2, "gzip", 1000)) == 1001
    assert len(decompressed(bytes(2000), "", 1000)) == 1001
    assert len(decompressed(gzip.compress(bytes(1000)), "gzip", 1000)) == 1000


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_damage_is_an_error(encoding: str) -> None:
    whole = WAYS[encoding](b"hello " * 100)
    for broken in (whole[:-1], whole[: len(whole) // 2], b"<html>not compressed</html>"):
        with pytest.raises(Damaged):
            decompressed(broken, encoding, 1000)
    with pytest.raises(Damaged, match="br"):
        decompressed(whole, "br", 1000)
