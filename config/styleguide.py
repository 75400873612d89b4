"""The styleguide: every shared piece with sample data, at /styleguide/ in debug only. Nothing here reads the database."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

JIN = 500
TONNE = 1_000_000


class SampleForm(forms.Form):
    """One field of each sort, two of them wrong."""

    variety = forms.CharField(label=_("品种"), initial="白关丝瓜")
    quantity = forms.CharField(label=_("每天有多少"), help_text=_("写数字和单位都行，例如 100斤、半吨"))
    price = forms.DecimalField(label=_("价格"), required=False, help_text=_("不填就是面议"))
    grade = forms.ChoiceField(
        label=_("等级"), choices=[("1", _("精品")), ("2", _("一等")), ("3", _("二等"))], widget=forms.RadioSelect
    )
    place = forms.ChoiceField(label=_("产地"), choices=[("", _("请选择")), ("1", "芦淞区白关镇东山村")])
    until = forms.DateField(label=_("卖到哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("还要说的话"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    promise = forms.BooleanField(label=_("我承诺不使用禁用农药，愿意接受检查"))


def styleguide(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    wrong = SampleForm(
        {"variety": "白关丝瓜", "quantity": "三四百斤", "grade": "2", "until": "2021-08-10", "place": "1"}
    )
    wrong.is_valid()
    wrong.add_error("quantity", _("“三四百斤”是一个范围，请只写一个数，例如 300斤"))
    context = {
        "colours": ["leaf", "leaf-soft", "warm", "warm-soft", "refuse", "refuse-soft", "ink", "ground", "line-strong"],
        "form": SampleForm(),
        "wrong_form": wrong,
        "messages": sample_messages(),
        "quick_picks": ["100斤", "500斤", "1000斤", "1吨"],
        "states": sample_states(),
        "lots": sample_lots(now),
        "page": Paginator(range(120), 24).page(2),
        "steps": [_("货"), _("数量价格"), _("照片"), _("核对")],
        **sample_lists(now),
        **sample_desk(),
    }
    return render(request, "styleguide.html", context)


def sample_messages() -> list[Message]:
    return [
        Message(constants.SUCCESS, _("认购成功，明天 6:00 前请留意电话。")),
        Message(constants.ERROR, _("只剩 300 斤，没有认购成功。可以改成 300 斤，或看看别家的货。")),
        Message(constants.WARNING, _("这批丝瓜只剩 9 小时，请尽快装车。")),
        Message(constants.INFO, _("商务局正在审核，一般两小时内有结果。")),
    ]


def sample_states() -> list[tuple[str, str]]:
    return [
        ("draft", _("草稿")), ("wait", _("待审核")), ("live", _("在售")), ("busy", _("运输中")),
        ("done", _("已签收")), ("warm", _("快过期")), ("stop", _("已拒收")),
    ]  # fmt: skip


def sample_lots(now: datetime) -> list[dict[str, Any]]:
    def lot(title: str, place: str, price: str | None, left: int, offered: int, hours: int) -> dict[str, Any]:
        return {
            "title": title, "place": place, "price": Decimal(price) if price else None, "left_g": left,
            "offered_g": offered, "until": now + timedelta(hours=hours, minutes=5),
        }  # fmt: skip

    return [
        lot("白关丝瓜 · 一等", "芦淞区白关镇东山村", "2.40", 6_400 * JIN, 20_000 * JIN, 9),
        lot("炎陵黄桃 · 精品", "炎陵县中村瑶族乡", "6.50", 120 * TONNE, 300 * TONNE, 80),
        lot("早籼稻", "攸县皇图岭镇", None, 0, 33_000 * TONNE, 30 * 24),
    ]


def sample_lists(now: datetime) -> dict[str, Any]:
    return {
        "cells": [
            {"label": _("我的货源"), "icon": "sprout", "note": _("在售 2 批，待审核 1 批"), "url": "#cells"},
            {"label": _("今天的订单"), "icon": "shopping-basket", "value": "6,400 斤", "url": "#cells"},
            {"label": _("收货地址"), "icon": "map-pin", "note": "荷塘区新华西路 88 号 3 号门", "url": "#cells"},
        ],
        "facts": [
            (_("规格"), "20 斤/筐"), (_("起订"), "100 斤 = 50 公斤"), (_("联系人"), "王* 138****0000"),
            (_("合格证"), _("有，8月8日开具")),
        ],
        "figures": [
            {"label": _("今天待售"), "value": "20,000 斤"}, {"label": _("已认购"), "value": "13,600 斤"},
            {"label": _("缺口"), "value": "6,400 斤", "kind": "warm"}, {"label": _("在路上"), "value": _("7 车")},
        ],
        "progress": [
            {"label": _("待售"), "grams": 10 * TONNE, "kind": "soft"}, {"label": _("已认购"), "grams": 6_800_000},
            {"label": _("已装车"), "grams": 5_400_000}, {"label": _("已签收"), "grams": 2_700_000},
        ],
        "whole": 10 * TONNE,
        "events": [
            {"sentence": _("签收 2,680 公斤，降级 20 公斤"), "at": now, "by": "李*", "icon": "package-check"},
            {"sentence": _("拒收 15 公斤"), "at": now - timedelta(hours=1), "by": "李*", "why": _("压坏"),
             "icon": "circle-x", "kind": "stop"},
            {"sentence": _("湘B·A1234 从白关镇出发"), "at": now - timedelta(hours=3), "by": "张*", "icon": "truck"},
            {"sentence": _("发布白关丝瓜，每天 20,000 斤"), "at": now - timedelta(days=1), "by": _("东山村 周*"),
             "on_behalf_of": "王*", "icon": "sprout"},
        ],
    }  # fmt: skip


def sample_desk() -> dict[str, Any]:
    trips = [
        ("0812-01", "湘B·A1234", "张*", _("白关镇 → 荷塘区"), "2,700 公斤", _("今天 06:30"), "", _("运输中")),
        ("0812-02", "湘B·B5678", "刘*", _("中村乡 → 天元区"), "4,000 公斤", _("今天 07:10"), "warm", _("核酸快到期")),
        ("0812-03", "湘B·C9012", "陈*", _("皇图岭镇 → 石峰区"), "8,460 公斤", _("今天 09:00"), "stop", _("证件已失效")),
    ]
    labels = [_("车次"), _("车牌"), _("司机"), _("线路"), _("装载"), _("发车")]
    return {
        "columns": [{"label": label, "num": label == _("装载")} for label in labels],
        "rows": [
            {"cells": trip[:6], "kind": trip[6], "state": {"kind": trip[6] or "busy", "word": trip[7]}, "url": "#table"}
            for trip in trips
        ],
        "map": {
            "points": [
                {"lat": 27.72, "lon": 113.19, "label": "白关镇", "kind": "warm"},
                {"lat": 26.29, "lon": 113.93, "label": "中村乡", "approximate": True},
                {"lat": 27.35, "lon": 113.53, "label": "皇图岭镇"},
                {"lat": 27.84, "lon": 113.15, "label": _("荷塘区农贸市场"), "kind": "dock"},
            ],
            "routes": [
                {"label": _("1 号车"), "points": [[27.72, 113.19], [27.84, 113.15]]},
                {"label": _("2 号车"), "points": [[26.29, 113.93], [27.35, 113.53], [27.84, 113.15]]},
            ],
        },
        "nav": [
            SimpleNamespace(url="/", label=_("首页"), icon="house", current=False),
            SimpleNamespace(url="/styleguide/", label=_("集市"), icon="store", current=True),
            SimpleNamespace(url="#sell", label=_("我要卖菜"), icon="sprout", current=False),
            SimpleNamespace(url="#buy", label=_("我要认购"), icon="shopping-basket", current=False, count=3),
            SimpleNamespace(url="#me", label=_("我的"), icon="user-round", current=False),
        ],
    }
