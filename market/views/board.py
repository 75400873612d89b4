"""The public board of today's and coming lots."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from market.queries.board import BoardPage, board_page
from market.views import options
from market.views.board_query import BoardQuery
from market.views.cards import render_cards
from market.views.pages import is_fragment, shared_page


@require_safe
@shared_page
def board(request: HttpRequest) -> HttpResponse:
    """Filters live in the address. htmx gets the board alone and pushes the shortest address that says the same."""
    query = BoardQuery(request.GET)
    page = board_page(query.filter.qs, sort=query.sort, number=query.number)
    template = "market/_board_fragment.html" if is_fragment(request) else "market/board.html"
    response = render(request, template, board_context(query, page), using="django")
    if is_fragment(request):
        response.headers["HX-Push-Url"] = query.url(page=str(page.number) if page.number > 1 else None)
    return response


def board_context(query: BoardQuery, page: BoardPage) -> dict[str, Any]:
    return {
        "query": query,
        "page": page,
        "cards": render_cards(page.cards) if page.cards else "",
        "total": f"{page.total}+" if page.is_capped else str(page.total),
        "previous_url": query.url(page=str(page.number - 1)) if page.number > 1 else "",
        "next_url": query.url(page=str(page.number + 1)) if page.number < page.last else "",
        "options": filter_options(query),
        "typed": {name: query.filter.data.get(name, "")[:40] for name in ("q", "price", "left")},
    }


def filter_options(query: BoardQuery) -> dict[str, str]:
    params, asked = query.params, query.filter.asked
    county = params.get("county") or params.get("town", "")[:6]
    return {
        "produce": options.produce_options(params.get("produce", "")),
        "kind": options.kind_options(params.get("kind", "")),
        "county": options.county_options(county),
        "town": options.township_options(county, params.get("town", "")) if county else "",
        "day": options.day_options(asked.get("day")),
        "grade": options.grade_options(params.get("grade", "")),
        "unit": options.unit_options(params.get("unit", "")),
        "sort": options.sort_options(query.sort),
    }
