"""Checkpoints as files, their signatures, and the key that signs them (Ed25519, RFC 8032).

The private key is made on first use and kept in the home folder, readable by its owner alone; the setting
ONEROOF_CHECKPOINT_KEY names another file (PEM, PKCS 8). Who holds it could sign a false history; so nations keep the
checkpoints they were given, and each compares the next one with those.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from oneroof.journal.chain import canonical, canonical_text, instant
from oneroof.journal.errors import Refused
from oneroof.journal.models import Checkpoint

FORMAT = "oneroof checkpoint 1"
FIELDS = ("at", "chain", "format", "hash", "key", "position", "signature")


def private_key() -> Ed25519PrivateKey:
    """The key that signs; made when it is asked for first. Raises `Refused` where it can't be used."""
    place = Path(settings.CHECKPOINT_KEY)
    if not place.exists():
        if place.parent != settings.HOME:
            raise Refused(f"ONEROOF_CHECKPOINT_KEY names {place}, but there is no such file. Mend the setting.")
        make_key(place)
    if stat.S_IMODE(place.stat().st_mode) & 0o077:
        raise Refused(f"{place} can be read by others than its owner: it signs checkpoints. Run: chmod 600 {place}")
    try:
        key = serialization.load_pem_private_key(place.read_bytes(), password=None)
    except (ValueError, TypeError) as wrong:
        raise Refused(f"{place} is no private key in PEM without a password. Restore it from a backup.") from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(f"{place} holds a key, but not an Ed25519 key. Make one: openssl genpkey -algorithm ed25519")
    return key


def make_key(place: Path) -> None:
    """Write a new private key that only its owner reads; of two that start together the first one's stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = place.with_name(f"{place.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    try:
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def key_id(key: Ed25519PublicKey) -> str:
    """The short name of a public key: the first 16 digits of the SHA-256 of its 32 bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def public_pem(key: Ed25519PublicKey) -> str:
    """A public key as PEM, for whoever verifies."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(text: bytes) -> Ed25519PublicKey:
    """The public key of a PEM text. Raises `Refused`."""
    try:
        key = serialization.load_pem_public_key(text)
    except ValueError as wrong:
        raise Refused("This is no public key in PEM. Ask the house for the file of `oneroof audit key`.") from wrong
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("This is a public key, but not an Ed25519 key. Ask for the file of `oneroof audit key`.")
    return key


def told(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as its file tells it; nothing of it depends on any other chain."""
    return {
        "format": FORMAT,
        "chain": str(checkpoint.chain),
        "position": checkpoint.position,
        "hash": checkpoint.hash,
        "at": instant(checkpoint.at),
        "key": checkpoint.key,
        "signature": checkpoint.signature,
    }


def as_line(checkpoint: Checkpoint) -> str:
    """A checkpoint as one line of canonical JSON."""
    return canonical_text(told(checkpoint)) + "\n"


def signed_part(fields: dict[str, Any]) -> bytes:
    """What the signature covers: the canonical form of every field but the signature."""
    return canonical({name: value for name, value in fields.items() if name != "signature"})


def read_checkpoints(text: str, where: str, keys: dict[str, Ed25519PublicKey]) -> list[dict[str, Any]]:
    """The checkpoints of a file, one a line, their signatures verified. Raises `Refused` with all faults."""
    found: list[dict[str, Any]] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(_verified(line, keys))
            except ValueError as wrong:
                faults.append(f"{where} line {number}: {wrong}")
    if not found and not faults:
        faults.append(f"{where} is empty, but a checkpoint is one line of JSON. Take the file you were given.")
    if faults:
        raise Refused({"": faults})
    return found


def _verified(line: str, keys: dict[str, Ed25519PublicKey]) -> dict[str, Any]:
    fields = json.loads(line)
    if not isinstance(fields, dict) or tuple(sorted(fields)) != FIELDS or fields["format"] != FORMAT:
        raise ValueError(f"this is no checkpoint of the form {FORMAT!r}. Take the file as it was given to you.")
    if type(fields["position"]) is not int or not all(isinstance(fields[f], str) for f in FIELDS if f != "position"):
        raise ValueError("a field has another type than it should. Take the file as it was given to you.")
    key = keys.get(fields["key"])
    if key is None:
        raise ValueError(f"it was signed by key {fields['key']}, which is not at hand. Name its file with --key.")
    try:
        key.verify(bytes.fromhex(fields["signature"]), signed_part(fields))
    except (InvalidSignature, ValueError) as wrong:
        raise ValueError("its signature does not fit: it was changed after signing, or never signed.") from wrong
    return fields
