"""Which files an installable page needs to work without a network: what it names, and all that its modules import.

Read from the files as they are served, so that hashed names (production) and plain ones (development) are both whole.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

IMPORT = re.compile(rb"""(?:^|[\s;}])(?:import|export)\s*(?:[\w*{][^;'"()]*?from\s*)?["'](\.{1,2}/[^"']+)["']""")


@dataclass(frozen=True)
class AppFiles:
    urls: tuple[str, ...]
    version: str  # changes with any of their bytes


def app_files(*names: str) -> AppFiles:
    """Of these static files. Read once while the server runs, each time where code is being written."""
    return _read.__wrapped__(names) if settings.DEBUG else _read(names)


@lru_cache
def _read(names: tuple[str, ...]) -> AppFiles:
    found = dict(_with_imports(names))
    digest = hashlib.sha256()
    for stored in sorted(found):
        digest.update(stored.encode() + b"\0" + found[stored])
    urls = tuple(settings.STATIC_URL + stored for stored in found)
    return AppFiles(urls, digest.hexdigest()[:16])


def _with_imports(names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Stored name and content, each once."""
    waiting = [_stored(name) for name in names]
    seen: set[str] = set()
    while waiting:
        stored = waiting.pop()
        if stored in seen:
            continue
        seen.add(stored)
        content = _content(stored)
        yield stored, content
        if stored.endswith(".js"):
            folder = posixpath.dirname(stored)
            waiting += [posixpath.normpath(posixpath.join(folder, found.decode())) for found in IMPORT.findall(content)]


def _stored(name: str) -> str:
    """The name it is served under."""
    return str(staticfiles_storage.url(name)).removeprefix(settings.STATIC_URL)


def _content(stored: str) -> bytes:
    """Where files are collected, the collected one."""
    if hasattr(staticfiles_storage, "hashed_files"):
        with staticfiles_storage.open(stored) as file:
            return bytes(file.read())
    path = finders.find(stored)
    if path is None:
        raise FileNotFoundError(stored)
    return Path(str(path)).read_bytes()
