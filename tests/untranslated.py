"""`python -m tests.untranslated`: fails on English that is missing, fuzzy, or not compiled into the .mo beside it.

Message ids are Chinese, so Chinese is complete by construction; this keeps English complete. With gettext on the machine it also
collects the strings anew and fails where the catalogue does not know one. `--compile` writes the .mo files.
"""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = sorted(ROOT.glob("locale/en/LC_MESSAGES/*.po"))
# With the punctuation: a mark that stands alone between two words is a message as well.
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
KEEPS_CHINESE = "keeps Chinese"  # the translator's comment on what is shown as people write it, such as a licence plate
SPEAKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
IGNORED = ("node_modules", ".venv", "tests", "benchmarks", "locale", "var", "media", "staticfiles")


def problems_of(path: Path) -> list[str]:
    catalogue = polib.pofile(str(path))
    found = []
    for entry in catalogue:
        if entry.obsolete or not CHINESE.search(entry.msgid):
            continue
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.fuzzy:
            found.append(f"{path.name}: fuzzy: {entry.msgid}")
        elif not all(texts):
            found.append(f"{path.name}: no English: {entry.msgid}")
        elif any(CHINESE.search(text) for text in texts) and not entry.tcomment.startswith(KEEPS_CHINESE):
            found.append(f"{path.name}: Chinese in the English: {entry.msgid}")
    if not path.with_suffix(".mo").exists() or path.with_suffix(".mo").read_bytes() != catalogue.to_binary():
        found.append(f"{path.name}: the .mo is stale; run `make messages`")
    return found


def hidden_in_f_strings() -> list[str]:
    """Messages asked for inside an f-string, where xgettext does not look: nobody would ever translate them."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] in IGNORED:
            continue
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            calls = ast.walk(text) if isinstance(text, ast.JoinedStr) else ()
            found += [
                f"{path.relative_to(ROOT)}:{call.lineno}: a message inside an f-string is never collected"
                for call in calls
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SPEAKERS
            ]
    return found


def known() -> set[tuple[str, str]]:
    """Context and id of every message of the catalogue."""
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(CATALOGUES[0])) if not entry.obsolete}


def collected() -> set[tuple[str, str]]:
    """Context and id of every Chinese message the sources hold, by xgettext in a copy of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*IGNORED, ".git", "__pycache__"))
        (copy / "locale").mkdir()
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", "en", "-e", "html,py,txt", "--no-wrap", "-v0"],
            cwd=copy,
            check=True,
            capture_output=True,
        )
        catalogue = polib.pofile(str(copy / "locale/en/LC_MESSAGES/django.po"))
        return {(entry.msgctxt or "", entry.msgid) for entry in catalogue if CHINESE.search(entry.msgid)}


def main(arguments: list[str]) -> int:
    if "--compile" in arguments:
        for path in CATALOGUES:
            path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())
    found = [problem for path in CATALOGUES for problem in problems_of(path)] + hidden_in_f_strings()
    if shutil.which("xgettext"):
        found += [f"not in the catalogue: {text}" for _context, text in sorted(collected() - known())]
    else:
        print("gettext is not installed: new strings were not collected, the catalogue alone was checked")
    print("\n".join(found) if found else "English is complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
