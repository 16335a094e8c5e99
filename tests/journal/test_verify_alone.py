"""The one-file verifier by itself: the vectors of RFC 8032 and of docs/journal.md, and what it says."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroof.journal.chain import canonical, instant, leaf_hash
from tests.journal.verifier import PLACE, alone

# RFC 8032, section 7.1: TEST 1, 2 and 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_signatures_of_the_standard_fit_and_changed_ones_do_not(public, message, signature):
    key, text, signed = (bytes.fromhex(part) for part in (public, message, signature))
    assert alone.signature_fits(key, text, signed)
    assert not alone.signature_fits(key, text + b"x", signed)
    assert not alone.signature_fits(key, text, signed[:63] + bytes([signed[63] ^ 1]))
    # The same signature with the order added to its second half is refused (malleability).
    larger = int.from_bytes(signed[32:], "little") + alone.ORDER
    assert not alone.signature_fits(key, text, signed[:32] + larger.to_bytes(32, "little"))


@settings(max_examples=20, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_it_agrees_with_another_implementation(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert alone.signature_fits(key.public_key().public_bytes_raw(), message, key.sign(message))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefg_", max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(value=PLAIN)
def test_both_write_the_same_canonical_form_and_read_it_back(value):
    text = canonical({"value": value})
    assert alone.canonical({"value": value}) == text
    assert alone.parsed(text) == {"value": value}


@pytest.mark.parametrize(
    "line", [b'{"a": 1}', b'{"a":1.5}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":NaN}', b'{"a":"\\u0041"}']
)
def test_what_is_not_in_the_canonical_form_is_refused(line):
    with pytest.raises(ValueError, match=r"canonical|whole number"):
        alone.parsed(line)


def test_the_vectors_of_the_document_hold():
    text = (PLACE.parents[1] / "docs" / "journal.md").read_text(encoding="utf-8")
    lines = re.search(r"```json\n(.*?)```", text, re.DOTALL).group(1).encode().splitlines(keepends=True)
    chain, length, last = alone.verify_chain(lines, {})
    assert (length, last in text.replace("\n", " ")) == (2, True)
    previous = "0" * 64
    for line in lines:
        entry = json.loads(line)
        assert leaf_hash(previous, entry["event"]) == entry["hash"]
        previous = entry["hash"]
    assert chain == entry["event"]["chain"]


def test_instants_have_six_digits_after_the_point_and_are_in_utc():
    assert instant(datetime(2024, 7, 11, 9, 30, tzinfo=UTC)) == "2024-07-11T09:30:00.000000Z"


def test_it_needs_nothing_but_the_standard_library(tmp_path):
    copy = tmp_path / "verify_journal.py"
    copy.write_bytes(PLACE.read_bytes())
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(copy), str(empty)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "No checkpoint was given" in done.stdout
