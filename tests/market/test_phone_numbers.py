"""Telephone numbers as people type them."""

import pytest
from django.core.exceptions import ValidationError

from market.accounts import normalise_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13800001234",
        " 138 0000 1234 ",
        "138-0000-1234",
        "138.0000.1234",
        "138—0000—1234",
        "１３８００００１２３４",
        "+8613800001234",
        "＋８６ 138 0000 1234",
        "+86 138-0000-1234",
        "(+86) 13800001234",
        "（+86）13800001234",
        "8613800001234",
        "008613800001234",
        "0086 138 0000 1234",
        "\u202d13800001234\u202c",
        "138\u00a00000\u20091234",
        "138\t0000\t1234",
    ],
)
def test_a_mobile_number_is_one_number_however_it_is_typed(typed):
    assert normalise_phone(typed) == "+8613800001234"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380000123",
        "138000012345",
        "12800001234",
        "013800001234",
        "073128880000",
        "0731-2888 0000",
        "28880000",
        "400-820-8820",
        "110",
        "+1 415 555 2671",
        "+85291234567",
        "+8673128880000",
        "一三八零零零零一二三四",
        "138٠٠٠٠١٢٣٤",
        "13800001234转8",
        "13800001234/13800001235",
        "<b>13800001234</b>",
        "86861380000123",
        "008613800001234 008613800001234",
    ],
)
def test_landlines_foreign_and_broken_numbers_are_refused_with_an_example(typed):
    with pytest.raises(ValidationError) as refusal:
        normalise_phone(typed)

    assert refusal.value.messages == ["请输入 11 位手机号，例如 138 0000 0000"]
