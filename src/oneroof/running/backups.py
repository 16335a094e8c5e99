"""Backups: one file with the database, a manifest and digests; written, and restored, whole or not at all.

The file is a ZIP: ``manifest.json``, ``database`` (a copy of the SQLite file, or pg_dump's custom form) and, if asked
for, ``home/`` with the keys that sign cookies and checkpoints. The manifest has the SHA-256 of each; the archive's
comment ends with the SHA-256 of all that stands before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from oneroof.running import postgresql_copy, sqlite_copy
from oneroof.running.errors import BackupError

FORM = 1
SEAL = 64  # characters at the end of the archive: the digest of what stands before them
# Files of the home folder that are keys; what else lies there can be made anew.
KEYS = ("secret-key", "checkpoint-key.pem")


def back_up(target: Path, *, with_keys: bool) -> dict[str, Any]:
    """Write a backup of the database that the settings name; its manifest. Raises BackupError, OSError."""
    with tempfile.TemporaryDirectory(prefix=".oneroof-backup-", dir=target.absolute().parent) as folder:
        copy = Path(folder) / "database"
        if connection.vendor == "sqlite":
            sqlite_copy.copy(copy)
        else:
            postgresql_copy.dump(copy)
        parts = {"database": copy}
        if with_keys:
            parts |= {f"home/{path.relative_to(settings.HOME)}": path for path in _keys(Path(settings.HOME))}
        manifest = {
            "form": FORM,
            "oneroof": version("oneroof"),
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "database": connection.vendor,
            "sha256": {name: digest(path) for name, path in parts.items()},
        }
        beside = Path(folder) / "backup"
        _write(beside, parts, manifest)
        beside.replace(target)
    _keep(target.absolute().parent)
    return manifest


def _keys(home: Path) -> list[Path]:
    """Files of the home folder that are keys."""
    return [home / name for name in KEYS if (home / name).is_file()]


def _write(target: Path, parts: dict[str, Path], manifest: dict[str, Any]) -> None:
    """The archive, readable by its owner alone, on the disk before it gets its name."""
    told = json.dumps(manifest, indent=2, sort_keys=True).encode()
    target.touch(mode=0o600)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr("manifest.json", told)
        for name, path in parts.items():
            archive.write(path, name)
        archive.comment = b"OneRoof backup, sha256 " + b"0" * SEAL
    found, _none = _seals(target)
    with target.open("r+b") as file:
        file.seek(-SEAL, os.SEEK_END)
        file.write(found.encode())
    _keep(target)


def _seals(path: Path) -> tuple[str, str]:
    """SHA-256 of all of an archive before its last digits, and these digits."""
    told, left = hashlib.sha256(), path.stat().st_size - SEAL
    with path.open("rb") as file:
        while part := file.read(max(0, min(left, 1 << 20))):
            told.update(part)
            left -= len(part)
        return told.hexdigest(), file.read(SEAL).decode(errors="replace")


def _keep(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(source: Path, beside: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The manifest, and a folder next to ``beside`` with every part, each with the digest it was written with.

    Raises BackupError where the file is no backup, is of a later form, or is not what was written.
    """
    broken = f"{source} is not what was written: a part of it was changed or lost. Take another backup."
    with tempfile.TemporaryDirectory(prefix=".oneroof-restore-", dir=beside) as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                found, written = _seals(source)
                if found != written:
                    raise BackupError(broken)
                manifest = json.loads(archive.read("manifest.json"))
                if manifest["form"] > FORM:
                    raise BackupError(
                        f"{source} was written by OneRoof {manifest['oneroof']}. Restore it with that version or later."
                    )
                for name, wanted in manifest["sha256"].items():
                    part = Path(folder) / name
                    if not part.resolve().is_relative_to(Path(folder).resolve()):
                        raise BackupError(broken)
                    part.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as packed, part.open("wb") as plain:
                        shutil.copyfileobj(packed, plain, 1 << 20)
                    if digest(part) != wanted:
                        raise BackupError(broken)
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, OSError) as error:
            if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) and error.filename == str(
                source
            ):
                raise
            if zipfile.is_zipfile(source):
                raise BackupError(broken) from error
            raise BackupError(f"{source} is no backup that `oneroof backup` wrote. Name another file.") from error
        yield manifest, Path(folder)


def restore(source: Path, *, force: bool, with_keys: bool) -> dict[str, Any]:
    """Put a backup in the place of the database that the settings name: all of it, verified, or nothing.

    Raises BackupError, also where the database holds tables and ``force`` is not given.
    """
    home = Path(settings.HOME)
    with opened(source, home) as (manifest, folder):
        if manifest["database"] != connection.vendor:
            raise BackupError(
                f"{source} holds a {manifest['database']} database, but ONEROOF_DATABASE_URL names one of "
                f"{connection.vendor}. Restore it to the same kind."
            )
        held = connection.introspection.table_names()
        if "django_migrations" in held and not force:
            raise BackupError(
                f"The database of ONEROOF_DATABASE_URL already holds {len(held)} tables, and is not replaced. "
                "Name an empty one, or add --force to replace it; back it up first."
            )
        if connection.vendor == "sqlite":
            sqlite_copy.put(folder / "database")
        else:
            postgresql_copy.load(folder / "database", replace=force)
        if with_keys:
            _put_keys(folder / "home", home)
    return manifest


def _put_keys(held: Path, home: Path) -> None:
    """The keys of a backup, in the place of those of the home folder."""
    for part in sorted(held.rglob("*")) if held.is_dir() else []:
        if part.is_file():
            target = home / part.relative_to(held)
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            beside.touch(mode=0o600)
            beside.write_bytes(part.read_bytes())
            beside.replace(target)
