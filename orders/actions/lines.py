"""The stalls' part of an association's pledge."""

from collections.abc import Sequence

from market.quantities import format_exact
from orders.actions.conditions import Line
from orders.models import Pledge, PledgeLine, Stall


def write_lines(pledge: Pledge, lines: Sequence[Line]) -> None:
    """The pledge has these lines, each joined to the stall of that name. At most two statements."""
    if not lines:
        return
    names = {name.strip() for name, _part in lines}
    stalls = dict(Stall.objects.filter(association=pledge.buyer_id, name__in=names).values_list("name", "pk"))
    PledgeLine.objects.bulk_create(
        PledgeLine(
            pledge=pledge,
            position=position,
            name=name.strip(),
            quantity_g=part.grams,
            quantity_typed=part.typed or format_exact(part.grams, "斤"),
            stall_id=stalls.get(name.strip()),
        )
        for position, (name, part) in enumerate(lines, start=1)
    )


def says_the_same(pledge: Pledge, lines: Sequence[Line]) -> bool:
    kept = list(pledge.lines.values_list("name", "quantity_g"))
    return kept == [(name.strip(), part.grams) for name, part in lines]
