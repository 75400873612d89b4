"""The source files the house tests read, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "market", "orders", "cms")


def files(*suffixes: str, migrations: bool = False) -> list[Path]:
    """Our own files with these endings, as they stand in the tree."""
    found = [
        path
        for package in (*PACKAGES, "tests", "benchmarks")
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in suffixes and "__pycache__" not in path.parts
    ]
    return [path for path in found if migrations or "migrations" not in path.parts]


def product_files() -> list[Path]:
    return [path for path in files(".py") if path.relative_to(ROOT).parts[0] in PACKAGES]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
