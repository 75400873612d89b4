"""The working copy of an answer, into which pledges are filled one after the other. Plain Python, no library.

A pledge takes from its best lots first. What would leave a rest below the next lot's minimum is shifted from
an earlier lot, so that a whole pledge is filled wherever its lots together can do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orders.matching.model import Allocation, Problem


@dataclass(frozen=True)
class Sheet:
    """A problem by position: lots, sellers with a fair share, and each pledge's arcs as (score, lot)."""

    lot_ids: list[str]
    pledge_ids: list[str]
    available: list[int]
    least: list[int]
    seller: list[int]
    wanted: list[int]
    whole: list[bool]
    fair: list[int]
    bonus: int
    arcs: list[list[tuple[int, int]]]


def make_sheet(problem: Problem) -> Sheet:
    """The sheet of a problem, the same for any order of its lists; a pledge's best arcs come first."""
    lots = sorted(problem.lots, key=lambda lot: lot.id)
    pledges = sorted(problem.pledges, key=lambda pledge: pledge.id)
    share = problem.fair_share
    names = sorted({lot.seller for lot in lots} & share.grams.keys()) if share.bonus_per_kg > 0 else []
    sellers = {name: k for k, name in enumerate(names)}
    lot_at = {lot.id: k for k, lot in enumerate(lots)}
    pledge_at = {pledge.id: k for k, pledge in enumerate(pledges)}
    arcs: list[list[tuple[int, int]]] = [[] for _ in pledges]
    for lot, pledge, score in problem.arcs:
        arcs[pledge_at[pledge]].append((score, lot_at[lot]))
    for of_pledge in arcs:
        of_pledge.sort(key=lambda arc: (-arc[0], arc[1]))
    return Sheet(
        lot_ids=[lot.id for lot in lots],
        pledge_ids=[pledge.id for pledge in pledges],
        available=[lot.available_g for lot in lots],
        least=[max(1, lot.minimum_g) for lot in lots],
        seller=[sellers.get(lot.seller, -1) for lot in lots],
        wanted=[pledge.wanted_g for pledge in pledges],
        whole=[pledge.whole for pledge in pledges],
        fair=[share.grams[name] for name in names],
        bonus=share.bonus_per_kg if names else 0,
        arcs=arcs,
    )


class Draft:
    """What has been given so far. It breaks no rule at any time."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.spare = list(sheet.available)
        self.unmet = list(sheet.wanted)
        self.sold = [0] * len(sheet.fair)
        self.given: list[dict[int, int]] = [{} for _ in sheet.wanted]

    def fill(self, order: Iterable[int]) -> None:
        """Give each pledge in turn what it still wants and what pays."""
        for pledge in order:
            if self.unmet[pledge] and not (self.sheet.whole[pledge] and self.given[pledge]):
                pieces = self._find(pledge)
                if pieces and self._gain(pledge, pieces) > 0:
                    self._take(pledge, pieces)

    def put(self, pledge: int, lot: int, grams: int) -> None:
        """Book what is known to be valid."""
        self._take(pledge, {lot: grams})

    def allocations(self) -> tuple[Allocation, ...]:
        """What was given, by lot and pledge."""
        lots, pledges = self.sheet.lot_ids, self.sheet.pledge_ids
        return tuple(
            sorted(
                Allocation(lots[lot], pledges[pledge], grams)
                for pledge, pieces in enumerate(self.given)
                for lot, grams in pieces.items()
                if grams
            )
        )

    def score(self) -> int:
        """The worth of it in thousandths, bonus included."""
        sheet = self.sheet
        total = sheet.bonus * sum(min(pair) for pair in zip(self.sold, sheet.fair, strict=True))
        for pieces, arcs in zip(self.given, sheet.arcs, strict=True):
            if pieces:
                total += sum(score * pieces.get(lot, 0) for score, lot in arcs)
        return total

    def _find(self, pledge: int) -> dict[int, int]:
        """Pieces from the best lots on; nothing where a whole pledge cannot be filled."""
        sheet, rest = self.sheet, self.unmet[pledge]
        whole, given = sheet.whole[pledge], self.given[pledge]
        pieces: dict[int, int] = {}
        for score, lot in sheet.arcs[pledge]:
            # Only an all-or-nothing pledge may need a piece that loses.
            if not whole and score + self._extra(lot) <= 0:
                continue
            least = 1 if given.get(lot) else sheet.least[lot]
            spare = self.spare[lot]
            if spare < least:
                continue
            if rest < least:
                rest += self._shift(pieces, least - rest)
                if rest < least:
                    continue
            pieces[lot] = min(spare, rest)
            rest -= pieces[lot]
            if not rest:
                return pieces
        return {} if whole else pieces

    def _shift(self, pieces: dict[int, int], needed: int) -> int:
        """Make an earlier piece smaller by that much; 0 where none is large enough."""
        for lot in reversed(list(pieces)):
            if pieces[lot] - self.sheet.least[lot] >= needed:
                pieces[lot] -= needed
                return needed
        return 0

    def _extra(self, lot: int) -> int:
        """The bonus that the next gram of this lot brings."""
        seller = self.sheet.seller[lot]
        return self.sheet.bonus if seller >= 0 and self.sold[seller] < self.sheet.fair[seller] else 0

    def _gain(self, pledge: int, pieces: dict[int, int]) -> int:
        sheet = self.sheet
        gain = sum(score * pieces[lot] for score, lot in sheet.arcs[pledge] if lot in pieces)
        more: dict[int, int] = {}
        for lot, grams in pieces.items():
            seller = sheet.seller[lot]
            if seller >= 0:
                more[seller] = more.get(seller, 0) + grams
        for seller, grams in more.items():
            gain += sheet.bonus * min(grams, max(0, sheet.fair[seller] - self.sold[seller]))
        return gain

    def _take(self, pledge: int, pieces: dict[int, int]) -> None:
        given = self.given[pledge]
        for lot, grams in pieces.items():
            given[lot] = given.get(lot, 0) + grams
            self.spare[lot] -= grams
            self.unmet[pledge] -= grams
            seller = self.sheet.seller[lot]
            if seller >= 0:
                self.sold[seller] += grams
