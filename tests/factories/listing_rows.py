"""Rows of a sheet of listings."""

import datetime as dt

from django.utils import timezone

CHINESE = ["卖方", "农产品", "品种", "等级", "每天数量", "数量单位", "每件公斤", "单价", "计价单位", "开始日期", "结束日期", "产地代码", "说明"]  # fmt: skip
ENGLISH = ["organisation", "produce", "variety", "grade", "quantity_per_day", "unit", "pack_kg", "price", "price_unit", "from", "to", "place_code", "note"]  # fmt: skip


def day(after: int = 0) -> str:
    return (timezone.localdate() + dt.timedelta(days=after)).isoformat()


def row(**changes) -> list[str]:
    values = {
        "organisation": "白关丝瓜合作社", "produce": "丝瓜", "variety": "白关丝瓜", "grade": "一等",
        "quantity_per_day": "20000", "unit": "斤", "pack_kg": "", "price": "1.20", "price_unit": "元/斤",
        "from": day(1), "to": day(3), "place_code": "430203100201", "note": "早上装车",
    }  # fmt: skip
    changes = {key.rstrip("_"): value for key, value in changes.items()}
    assert changes.keys() <= values.keys()
    return list({**values, **changes}.values())
