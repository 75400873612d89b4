"""Official places, from city to village."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.enums import PlaceLevel
from market.wording import in_english


class PlaceQuerySet(models.QuerySet["Place"]):
    def counties(self) -> Self:
        return self.filter(level=PlaceLevel.COUNTY)

    def townships(self) -> Self:
        return self.filter(level=PlaceLevel.TOWNSHIP)


class Place(models.Model):
    """A division with its 12-digit code of 2021. Loaded from data by `load_reference`; nobody edits it by hand.

    `lat`, `lon` are WGS 84 degrees; read `precision` and `uncertainty_km` before measuring a distance. A village has
    no point of its own: it is shown at its township's.
    """

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    level = models.CharField(_("级别"), max_length=10, choices=PlaceLevel.choices)
    name_zh = models.CharField(_("名称"), max_length=40)
    name_pinyin = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("上级"), null=True, on_delete=models.PROTECT, related_name="children"
    )
    full_name_zh = models.CharField(_("全称"), max_length=120)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    precision = models.CharField(max_length=40, blank=True)
    uncertainty_km = models.FloatField(null=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("地点")
        verbose_name_plural = _("地点")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=models.Q(level__in=PlaceLevel.values), name="place_level_known"),
        )

    def __str__(self) -> str:
        return self.full_name_zh

    @property
    def name(self) -> str:
        """Chinese name, or the pinyin for a reader of English where there is one."""
        return self.name_pinyin if self.name_pinyin and in_english() else self.name_zh

    @property
    def county_code(self) -> str:
        """Six digits: the county-level unit this place lies in."""
        return self.code[:6]

    @property
    def township_code(self) -> str:
        """Nine digits: the township-level unit this place lies in."""
        return self.code[:9]

    @property
    def is_approximate(self) -> bool:
        """True where the point stands for a whole county (位置为县级近似)."""
        return self.precision == "county_centroid"
