"""Rows of a sheet of pledges."""

import datetime as dt
from typing import Any

from django.utils import timezone

from market.models import Lot
from orders.models import Dock

CHINESE = [
    "买方",
    "货源号",
    "农产品",
    "送货日",
    "认购数量",
    "数量单位",
    "最高单价",
    "收货点",
    "最早送到",
    "最晚送到",
    "单号",
]
ENGLISH = ["buyer", "listing", "produce", "day", "firm", "unit", "max_price", "dock", "window_from", "window_to", "reference"]  # fmt: skip


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def pledge_row(lot: Lot, at: Dock, /, **changes: Any) -> list:
    """300 公斤 of the lot for tomorrow, with any cell changed."""
    values = {
        "buyer": "步步高天元店", "listing": str(lot.listing_id), "produce": "丝瓜", "day": tomorrow().isoformat(),
        "firm": "300", "unit": "公斤", "max_price": "2.40", "dock": at.name, "window_from": "05:00",
        "window_to": "9:00", "reference": "CG-001",
    }  # fmt: skip
    assert changes.keys() <= values.keys()
    return list({**values, **changes}.values())
