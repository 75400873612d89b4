"""The bureau's match from preview to commit at desk width, and what the two sides read on their phones."""

import datetime as dt

from django.utils import timezone

from market.models import Lot
from orders.models import MatchRun, Pledge
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.matching import Matcher, my_lines
from tests.factories.matching import make_lot, make_policy
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_demand


def test_the_bureau_s_match_from_preview_to_commit(cast, reference, open_as):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    make_policy()
    lot = make_lot(cast.household, reference["loofah"], reference["village"], "3000斤", by=cast.farmer)
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "1500斤", by=fresh(cast.rival_buyer))
    make_demand(reference["peach"], make_dock(cast.association), "100斤", by=fresh(cast.association_clerk))

    desk = Matcher(open_as(cast.commerce_desk, DESK), tomorrow)
    desk.come_from_the_back_office()
    desk.propose("不够时按比例分（第 1 版）")

    assert desk.figure("能落实") == "3,000 斤 = 1.5 吨"
    assert desk.figure("仍会坏") == "0 斤"
    assert any("按比例分到 2,000 斤" in line for line in desk.lines())
    assert any("这天没有人供这种货" in line for line in desk.tab("没买到的"))
    assert desk.tab("谁从谁那里得多少")
    desk.replay()
    assert not Pledge.objects.exists()

    desk.commit()

    assert Lot.objects.get(pk=lot.pk).remaining_g == 0
    assert sorted(Pledge.objects.values_list("firm_g", flat=True)) == [500_000, 1_000_000]
    assert MatchRun.objects.filter(replay_of=None).count() == 1
    assert "您要 3,000 斤，按比例分到 2,000 斤" in my_lines(open_as(cast.buyer, PHONE))
    sold = my_lines(open_as(cast.farmer, PHONE))
    assert "卖给 步步高天元店" in sold
    assert "送到后还能放 43 小时" in sold
    assert "可以换一种农产品或换一天" in my_lines(open_as(cast.association_clerk, PHONE))
    phone = open_as(cast.commerce_desk, PHONE)
    for address in (
        f"/orders/match/{MatchRun.objects.earliest('pk').pk}/",
        "/orders/match/",
        "/orders/spoiling/?hours=48",
    ):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
