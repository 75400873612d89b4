"""docs/states.md is what the tables say."""

from docs.states import page
from tests.house.sources import ROOT


def test_the_page_of_states_is_up_to_date():
    assert (ROOT / "docs/states.md").read_text(encoding="utf-8") == page(), "run `python -m docs.states`"
