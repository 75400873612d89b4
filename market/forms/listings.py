"""The seller's form. It reads what was typed into `ListingTerms`; whether that is accepted is the action's to say."""

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.accounts import PhoneField
from market.actions.listings import ListingTerms
from market.enums import Grade, PlaceLevel, PriceUnit
from market.exceptions import Refused
from market.models import Listing, Organisation, Place, Produce
from market.quantities import MAX_TYPED, PACK_WORDS, Pack, Quantity, QuantityError, format_exact
from market.wording import listed, unit_word, with_note

# Names of the row's fields that are called differently here.
FIELD_OF = {
    "quantity_per_day_g": "quantity",
    "quantity_typed": "quantity",
    "minimum_g": "minimum",
    "minimum_typed": "minimum",
    "pack_g": "pack_weight",
    "place": "township",
}
DAYS_OFFERED = 3  # what a new form proposes: today and two more days


class PriceField(forms.DecimalField):
    """Accepts what voice input and habit add: ￥1.2, 1.2元, 1.2块钱, full-width digits; 面议 is no price."""

    def to_python(self, value: Any) -> Decimal | None:
        text = unicodedata.normalize("NFKC", str(value or "")).strip()
        text = re.sub(r"^[¥]\s*|\s*(元|块钱?)$", "", text)
        return super().to_python("" if text == "面议" else text)


class PhotosInput(forms.FileInput):
    """Several pictures at once; works without a script too."""

    allow_multiple_selected = True

    def value_from_datadict(self, _data: Any, files: Any, name: str) -> list:
        return files.getlist(name) if hasattr(files, "getlist") else []


class ProduceChoice(forms.ModelChoiceField):
    def label_from_instance(self, produce: Produce) -> str:
        """With the other names, so that a reader of the plain list finds their own word."""
        return with_note(produce.name, listed(produce.other_names))


def pack_choices() -> list[tuple[str, str]]:
    return [("", gettext("散装")), *((word, unit_word(word)) for word in PACK_WORDS)]


def weight_input(example: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"maxlength": MAX_TYPED, "autocomplete": "off", "placeholder": example})


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ListingForm(forms.Form):
    """What is for sale, how much a day, from when to when, at what price, from where."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": _("页面过期了，请重新打开再填")})
    seller = forms.ModelChoiceField(Organisation.objects.none(), label=_("替谁发布"), empty_label=None)
    produce = ProduceChoice(
        Produce.objects.filter(is_active=True),
        label=_("卖什么"),
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选卖什么"),
            "invalid_choice": _("没有这种农产品，请重新选"),
        },
    )
    quantity = forms.CharField(
        label=_("每天有多少"),
        widget=weight_input(_("2万斤")),
        help_text=_("可以写 800斤、2万斤、1.5吨、20筐；只写数字按斤算"),
        error_messages={"required": _("请写每天有多少，例如 800斤")},
    )
    price = PriceField(
        label=_("单价"),
        required=False,
        max_digits=9,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 20, "autocomplete": "off"}),
        error_messages={
            "invalid": _("单价请写一个数，例如 1.20；不定价请留空"),
            "min_value": _("单价要大于零；不定价请留空，显示为面议"),
            "max_decimal_places": _("单价最多写到分，例如 1.25"),
            "max_digits": _("单价太大，请检查"),
            "max_whole_digits": _("单价太大，请检查"),
        },
    )
    price_unit = forms.ChoiceField(label=_("计价单位"), choices=PriceUnit.choices)
    grade = forms.ChoiceField(label=_("等级"), choices=Grade.choices, widget=forms.RadioSelect)
    first_day = forms.DateField(
        label=_("从哪天"), widget=day_input(), error_messages={"required": _("请选从哪天开始有货")}
    )
    last_day = forms.DateField(label=_("到哪天"), widget=day_input(), error_messages={"required": _("请选到哪天为止")})
    photos = forms.Field(
        label=_("照片"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*", "multiple": True}),
        help_text=_("最多 6 张。有照片的更好卖；位置等信息会自动去掉"),
    )
    has_certificate = forms.BooleanField(label=_("有承诺达标合格证"), required=False)
    township = forms.ChoiceField(label=_("乡镇街道"), error_messages={"required": _("请选产地的乡镇")})
    village = forms.ChoiceField(label=_("村 / 社区"), required=False)
    variety = forms.CharField(label=_("品种"), required=False, max_length=40)
    pack_word = forms.ChoiceField(label=_("包装"), required=False, choices=pack_choices)
    pack_weight = forms.CharField(label=_("每件多重"), required=False, widget=weight_input(_("40斤")))
    minimum = forms.CharField(
        label=_("起订量"), required=False, widget=weight_input(_("100斤")), help_text=_("买家一次最少要多少")
    )
    note = forms.CharField(
        label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=40, error_messages={"required": _("请写买家找谁联系")})
    contact_phone = PhoneField(label=_("联系电话"), error_messages={"required": _("请写联系电话")})

    def __init__(self, *args: Any, sellers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sellers = list(sellers)
        if len(self.sellers) > 1:
            self.fields["seller"].queryset = Organisation.objects.filter(pk__in=[one.pk for one in self.sellers])
        else:
            del self.fields["seller"]
        self.fields["township"].choices = township_choices()
        self.fields["village"].choices = village_choices(str(self["township"].value() or ""))

    @property
    def chosen_seller(self) -> Organisation:
        return self.cleaned_data["seller"] if "seller" in self.fields else self.sellers[0]

    @property
    def place_words(self) -> str:
        """The chosen origin, to be read on the closed fold. One statement."""
        code = self["village"].value() or self["township"].value()
        place = Place.objects.filter(pk=code).first() if code else None
        return place.full_name_zh if place else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pack = cleaned["pack"] = self._pack(cleaned)
        cleaned["quantity"] = self._weight("quantity", cleaned, pack)
        cleaned["minimum"] = self._weight("minimum", cleaned, pack)
        quantity, minimum = cleaned["quantity"], cleaned["minimum"]
        if quantity and minimum and minimum > quantity:
            self.add_error("minimum", _("起订量不能超过每天的量"))
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("结束日期不能早于开始日期"))
        if cleaned.get("price_unit") == PriceUnit.PACK and cleaned.get("price") and not pack:
            self.add_error("price_unit", _("按件计价要在“包装”里写明每件多重"))
        return cleaned

    def _pack(self, cleaned: dict[str, Any]) -> Pack | None:
        word, weight = cleaned.get("pack_word", ""), cleaned.get("pack_weight", "")
        if not word:
            if weight:
                self.add_error("pack_word", _("请选用什么包装，散装的不用写每件多重"))
            return None
        if not weight:
            self.add_error("pack_weight", gettext("请写每%(word)s多重，例如 40斤") % {"word": unit_word(word)})
            return None
        try:
            return Pack(word, Quantity.parse(weight, default_unit="斤").grams)
        except QuantityError as error:
            self.add_error("pack_weight", str(error))
            return None

    def _weight(self, name: str, cleaned: dict[str, Any], pack: Pack | None) -> Quantity | None:
        text = cleaned.get(name)
        if not text:
            return None
        try:
            return Quantity.parse(text, pack=pack, default_unit="斤")
        except QuantityError as error:
            self.add_error(name, str(error))
            return None

    def clean_village(self) -> str:
        village = self.cleaned_data["village"]
        if village and not village.startswith(str(self.cleaned_data.get("township", ""))[:9]):
            raise ValidationError(_("这个村不在所选的乡镇里，请重新选"))
        return village

    def terms(self) -> ListingTerms:
        """What the action takes. Call on a valid form only. One statement for the place."""
        cleaned = self.cleaned_data
        return ListingTerms(
            place=Place.objects.get(pk=cleaned["village"] or cleaned["township"]),
            **{
                name: cleaned[name]
                for name in (
                    "produce", "quantity", "first_day", "last_day", "contact_name", "contact_phone", "variety", "grade",
                    "price", "price_unit", "minimum", "pack", "note", "has_certificate",
                )
            },
        )  # fmt: skip

    def refuse(self, refusal: Refused) -> None:
        """Put the action's sentence beside its field, or on top."""
        name = FIELD_OF.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal))


def township_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Townships under their counties. One statement."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in Place.objects.townships().select_related("parent").order_by("code"):
        groups.setdefault(place.parent.name if place.parent else "", []).append((place.code, place.name))
    return list(groups.items())


def village_choices(township: str) -> list[tuple[str, Any]]:
    """The villages of a township, after "the township only". One statement, none without a township."""
    whole = [("", _("只写到乡镇"))]
    if not township:
        return whole
    villages = Place.objects.filter(parent_id=township, level=PlaceLevel.VILLAGE).order_by("code")
    return whole + [(place.code, place.name) for place in villages]


def initial_for(seller: Organisation) -> dict[str, Any]:
    """A new form: from today for three days, the seller's own place and contact."""
    today = timezone.localdate()
    return {
        "key": uuid.uuid4(),
        "seller": seller.pk,
        "grade": Grade.MIXED,
        "price_unit": PriceUnit.JIN,
        "first_day": today,
        "last_day": today + dt.timedelta(days=DAYS_OFFERED - 1),
        **defaults_of(seller),
    }


def defaults_of(seller: Organisation) -> dict[str, str]:
    """What follows from who sells: place and contact. One statement for the place."""
    return {
        "contact_name": seller.contact_name,
        "contact_phone": seller.contact_phone.removeprefix("+86"),
        **_place(seller.place),
    }


def initial_of(listing: Listing) -> dict[str, Any]:
    """The form as the listing (or its draft) says it."""
    return {
        "key": uuid.uuid4(),
        "seller": listing.seller_id,
        "produce": listing.produce_id,
        "variety": listing.variety,
        "grade": listing.grade,
        "quantity": _typed(listing.quantity_per_day_g, listing.quantity_typed, listing.pack),
        "first_day": listing.first_day,
        "last_day": listing.last_day,
        "price": listing.price,
        "price_unit": listing.price_unit,
        "minimum": _typed(listing.minimum_g, listing.minimum_typed, listing.pack),
        "pack_word": listing.pack_word,
        "pack_weight": _typed(listing.pack_g, "", None),
        "note": listing.note,
        "has_certificate": listing.has_certificate,
        "contact_name": listing.contact_name,
        "contact_phone": listing.contact_phone.removeprefix("+86"),
        **_place(listing.place),
    }


def _place(place: Place) -> dict[str, str]:
    if place.level == PlaceLevel.VILLAGE:
        return {"township": place.parent_id or "", "village": place.code}
    return {"township": place.code if place.level == PlaceLevel.TOWNSHIP else "", "village": ""}


def _typed(grams: int | None, typed: str, pack: Pack | None) -> str:
    """What was typed where it still means the weight (the bureau may have corrected it), else the weight in 斤."""
    if grams is None:
        return ""
    try:
        if typed and Quantity.parse(typed, pack=pack, default_unit="斤").grams == grams:
            return typed
    except QuantityError:
        pass
    return format_exact(grams, "斤")
