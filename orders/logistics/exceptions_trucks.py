"""Refusals about a truck's facts. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class BadColdPart(Refused):
    field = "cold_g"
    sentence = _("冷藏隔舱的载质量要大于零、不超过核定载质量，而且要勾选冷藏车")
