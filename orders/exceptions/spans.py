"""Refusals of pledging several days at once. Each says what would cure it; nothing has been written."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class DayOfSpanRefused(Refused):
    """One day of several cannot be had. `day` is worded; `refusal` is the reason."""

    field = "days"
    sentence = _("%(day)s：%(why)s。几天要一起认购，现在一天也没有记下；请去掉这一天，或者改数量")

    def __init__(self, *, day: str, refusal: Refused) -> None:
        self.refusal = refusal
        super().__init__(day=day, why=str(refusal).rstrip("。"))


class NotOneListing(Refused):
    field = "days"
    sentence = _("选的日子里有一天不是这批货的，请重新打开这张表")


class TooManyDaysAtOnce(Refused):
    field = "days"
    sentence = _("一次最多连要 %(limit)s 天，请少选几天")
