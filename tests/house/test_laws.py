"""The laws of the house, read from the source. Each message names the right way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from wagtail.models import DraftStateMixin

from tests.house.sources import ROOT, files, name_of, product_files, tree

MAX_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_VIEW_LINES = 25

# What only actions may move: states, stock and the facts of a trip.
GUARDED = {
    "state", "verification", "reserved_g", "offered_g", "firm_g", "grams", "is_live", "is_open",
    "most_g", "granted_g", "short_g", "withdrawn_g", "held_until", "outcome",
    "planned_g", "loaded_g", "accepted_g", "downgraded_g", "rejected_g", "missing_g", "surplus_g", "arrived_at", "departed_at",
}  # fmt: skip
# Fields a trade moves: they may never stand on a model whose revisions rewrite every column.
COUNTERS = re.compile(r"^(reserved|offered|remaining|sold|pledged|loaded|received|stock)(_|$)")
WRITES = {"create", "update", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
UNSAID = "**"
FILLS_ROWS = {"market/prepared.py"}  # sets what a statement has read, column by column
# These write past the manager: whoever holds one holds a door.
DOORS = {"insert", "PreparedUpdate"}
# What a signal may do here: forget what is remembered of places and produce; take the place of Wagtail's mails.
CONNECTS = {"market/apps.py", "cms/apps.py"}


def in_actions(path: Path) -> bool:
    return "actions" in path.parts


def assignments(path: Path) -> Iterator[tuple[int, str]]:
    """Attributes set on an object, and keywords of writes through a manager; `**` where the source does not say which."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and not _is_self(target):
                    yield node.lineno, target.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_write(node.func):
            for keyword in node.keywords:
                if keyword.arg:
                    yield node.lineno, keyword.arg
                elif node.func.attr in {"update", "update_or_create"}:
                    yield node.lineno, UNSAID
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"setattr", "object.__setattr__"}:
            name = node.args[1]
            yield node.lineno, str(name.value) if isinstance(name, ast.Constant) else UNSAID


def _is_write(function: ast.Attribute) -> bool:
    """A write through a manager or queryset; `update` of a dict inside another is none, of a variable may be one."""
    through_rows = re.search(r"\.(objects|filter|exclude|all)\b", ast.unparse(function.value))
    may_be_rows = bool(through_rows) or isinstance(function.value, ast.Name)
    return function.attr in WRITES and (function.attr != "update" or may_be_rows)


def _is_self(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in {"self", "cls"}


def guarded_writes(paths: list[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{line} writes `{attribute}`: call the action instead"
        for path in paths
        if not in_actions(path)
        for line, attribute in assignments(path)
        if attribute in GUARDED or (attribute == UNSAID and name_of(path) not in FILLS_ROWS)
    ]


def test_states_and_quantities_are_written_in_actions_only():
    assert guarded_writes(product_files()) == []


def test_the_law_on_states_notices_a_second_door(tmp_path):
    sly = tmp_path / "views.py"
    sly.write_text("def f(lot, p):\n    lot.reserved_g += 5\n    Pledge.objects.filter(pk=p).update(state='x')\n")

    assert [line.split()[0] for line in guarded_writes([sly])] == ["views.py:2", "views.py:3"]


@pytest.mark.parametrize(
    "line",
    [
        "setattr(lot, 'state', 'x')",
        "setattr(lot, name, 'x')",
        "Lot.objects.filter(pk=1).update(**facts)",
        "rows.update(state='x')",
        "rows.update(**facts)",
    ],
)
def test_the_law_on_states_notices_one_that_hides_its_name(tmp_path, line):
    sly = tmp_path / "views.py"
    sly.write_text(f"def f(lot, rows, name, facts):\n    {line}\n")

    assert [found.split()[0] for found in guarded_writes([sly])] == ["views.py:2"]


def doors_outside(paths: list[Path]) -> list[str]:
    """Imports of the prepared writes by others than actions."""
    found = []
    for path in paths:
        for node in ast.walk(tree(path)):
            whole = isinstance(node, ast.Import) and any(name.name == "market.prepared" for name in node.names)
            parts = {name.name for name in node.names} if isinstance(node, ast.ImportFrom) else set()
            module = getattr(node, "module", "")
            one = (module == "market.prepared" and parts & (DOORS | {"*"})) or (
                module == "market" and "prepared" in parts
            )
            if (whole or one) and not in_actions(path):
                found.append(f"{name_of(path)}:{node.lineno} imports a prepared write: call the action instead")
    return found


def test_prepared_writes_are_imported_by_actions_only():
    assert doors_outside(product_files()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from market.prepared import insert",
        "from market.prepared import Prepared, PreparedUpdate as Update",
        "from market import prepared",
        "import market.prepared",
    ],
)
def test_the_law_on_prepared_writes_notices_one(tmp_path, line):
    sly = tmp_path / "views.py"
    sly.write_text(f"{line}\n")

    assert len(doors_outside([sly])) == 1


def test_what_makes_a_listing_public_is_said_once():
    """`live` and `expire_at` together: ask `Listing.objects.public()`, `is_public(…)` of a row, `public(path)` of a join."""
    tellers = [name_of(path) for path in product_files() if "expire_at" in path.read_text(encoding="utf-8")]

    assert tellers == ["market/models/listings.py"]


def lookups_in_views(paths: list[Path]) -> list[str]:
    """`Model.objects.get(…)` and `get_object_or_404(Model, …)`: neither asks who is looking."""
    found = []
    for path in paths:
        if "views" not in path.parts and path.name != "views.py":
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            text = ast.unparse(node.func)
            bare = text == "get_object_or_404" and node.args and isinstance(node.args[0], ast.Name)
            if text.endswith(".objects.get") or (bare and ast.unparse(node.args[0])[0].isupper()):
                found.append(f"{name_of(path)}:{node.lineno} {text}: fetch through permissions.get_…(user, pk)")
    return found


def test_views_fetch_through_permissions():
    assert lookups_in_views(product_files()) == []


def test_the_law_on_lookups_notices_one(tmp_path):
    sly = tmp_path / "views.py"
    sly.write_text("def f(pk):\n    Lot.objects.get(pk=pk)\n    return get_object_or_404(Lot, pk=pk)\n")

    assert len(lookups_in_views([sly])) == 2


def test_no_file_is_longer_than_400_lines():
    long = {
        name_of(path): count
        for path in files(".py", ".html", ".js", ".css", ".jinja")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }

    assert long == {}


def test_no_function_is_longer_than_60_lines_and_no_view_than_25():
    long = []
    for path in product_files():
        limit = MAX_VIEW_LINES if "views" in path.parts else MAX_FUNCTION_LINES
        long += [
            f"{name_of(path)}:{node.lineno} {node.name}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > limit
        ]

    assert long == []


def test_no_migration_is_auto_named():
    auto = [
        name_of(path)
        for path in files(".py", migrations=True)
        if "migrations" in path.parts and re.search(r"_auto_|^\d{4}_(alter|remove|rename|add)_.*_and_more", path.name)
    ]

    assert auto == []


def counters_on_drafts(candidates: list[type[models.Model]]) -> list[str]:
    return [
        f"{model.__name__}.{field.name}: publishing a revision rewrites every column; keep stock in Lot"
        for model in candidates
        if issubclass(model, DraftStateMixin)
        for field in model._meta.concrete_fields
        if isinstance(field, models.IntegerField) and COUNTERS.match(field.name)
    ]


def test_no_model_with_drafts_holds_a_counter():
    assert counters_on_drafts(list(apps.get_models())) == []


def test_the_law_on_counters_notices_one():
    class Sly(DraftStateMixin):
        reserved_g = models.BigIntegerField()

        class Meta:
            app_label = "house_test"

    try:
        assert len(counters_on_drafts([Sly])) == 1
    finally:
        apps.all_models.pop("house_test", None)
        apps.clear_cache()


@pytest.mark.parametrize("word", ["utils", "helpers"])
def test_no_module_is_called(word):
    assert [name_of(path) for path in product_files() if path.stem == word] == []


def receivers(paths: list[Path]) -> list[str]:
    """Signals between our apps hide what happens: an action calls the other action."""
    found = []
    for path in paths:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "receiver" or (called == "connect" and name_of(path) not in CONNECTS):
                found.append(f"{name_of(path)}:{node.lineno}")
    return found


def test_no_receiver_joins_our_apps():
    assert receivers(product_files()) == []


def test_the_law_on_receivers_notices_one(tmp_path):
    sly = tmp_path / "orders.py"
    sly.write_text("@receiver(post_save)\ndef f(**_):\n    pass\n\n\nsignals.published.connect(f)\n")

    assert receivers([sly]) == ["orders.py:1", "orders.py:6"]


def test_templates_hold_no_inline_script_or_style():
    """The content policy would refuse them without a word on the page."""
    sly = re.compile(r"<script(?![^>]*(\bsrc=|application/json))|<style|\sstyle=|\son(click|change|submit|load|input)=")
    inline = [
        name_of(path)
        for path in files(".html", ".jinja")
        if not {"wagtailadmin", "wagtailsnippets"} & set(path.parts) and sly.search(path.read_text(encoding="utf-8"))
    ]

    assert inline == []


ONE_LINE = re.compile(r'<(\w+)[^>]*class="[^"]*\bnum\b[^"]*"[^>]*>(.*?)</\1>', re.S)
SAID = re.compile(r'{% (?:blocktranslate|translate)[^%]*?(?:%}(.*?){% (?:plural|endblocktranslate)|"([^"]+)" %})', re.S)


def test_no_sentence_is_kept_on_one_line():
    """Class `num` holds a weight together; a sentence in it runs out of a phone, in English first."""
    found = [
        f"{name_of(path)}: {said}"
        for path in files(".html")
        if "wagtailsnippets" not in path.parts  # a desk is never a phone
        for element in ONE_LINE.finditer(path.read_text("utf-8"))
        for said in map("".join, SAID.findall(element.group(2)))
        if len(re.findall(r"[\u4e00-\u9fff]", said)) > 8
    ]

    assert found == []


def test_the_tree_names_no_path_of_a_machine_and_no_package_host():
    sly = re.compile(r"(?<![\w.])/(work|root|home)/|index-url|\"resolved\": *\"http|registry\.npmjs")
    told = [
        name_of(path)
        for path in [
            *files(".py", ".html", ".js", ".css"),
            *ROOT.glob("*.toml"),
            *ROOT.glob("*.json"),
            *ROOT.glob("*.txt"),
            *ROOT.glob("*.md"),
            *(ROOT / "docs").rglob("*.md"),
        ]
        if path.is_file() and path != Path(__file__) and path.name != "Makefile" and sly.search(_text(path))
    ]

    assert told == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")
