"""Names in cells found among what the person may use: organisations, produce, places. Unknown ones get a suggestion."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from market.enums import PlaceLevel
from market.models import Organisation, Place, Produce
from market.wording import with_note

from .cells import CellError, plain, suggest

MOST_NAMED = 5


class Organisations:
    """The organisations the person may import for. Others are as unknown as those that do not exist."""

    def __init__(self, allowed: Iterable[Organisation]) -> None:
        self.allowed = list(allowed)

    @property
    def only(self) -> Organisation | None:
        """The one meant by an empty cell."""
        return self.allowed[0] if len(self.allowed) == 1 else None

    def read(self, text: str) -> Organisation:
        """By name, or by number where several have the name."""
        named = [one for one in self.allowed if plain(one.name) == plain(text)]
        if not named and text.isascii() and text.isdigit():
            named = [one for one in self.allowed if str(one.pk) == text]
        if len(named) == 1:
            return named[0]
        if named:
            several = _("、").join(with_note(one.pk, one.place.full_name_zh) for one in named[:MOST_NAMED])
            raise CellError(_("有几家叫“%(text)s”，请写编号：%(several)s") % {"text": text[:30], "several": several})
        if guess := suggest(text, [one.name for one in self.allowed]):
            raise CellError(_("没有“%(text)s”，是不是“%(guess)s”？") % {"text": text[:30], "guess": guess})
        if len(self.allowed) <= MOST_NAMED:
            known = _("、").join(one.name for one in self.allowed)
            raise CellError(_("没有“%(text)s”；您能导入的有：%(known)s") % {"text": text[:30], "known": known})
        raise CellError(_("没有登记过“%(text)s”，请检查名称") % {"text": text[:30]})


class Catalogue:
    """The produce on offer, by number, name or any alias. One statement."""

    def __init__(self) -> None:
        self.names: dict[str, Produce] = {}
        self.said: list[str] = []
        for one in Produce.objects.filter(is_active=True):
            aliases = [alias for alias in one.aliases_zh.split("|") if alias]
            self.said += [one.name_zh, *aliases]
            for name in (*aliases, one.slug, one.name_en, one.name_zh):
                self.names[plain(name)] = one

    def read(self, text: str) -> Produce:
        found = self.names.get(plain(text))
        if found is None:
            guess = suggest(text, self.said)
            if guess:
                raise CellError(_("不认识“%(text)s”，是不是“%(guess)s”？") % {"text": text[:30], "guess": guess})
            raise CellError(_("农产品目录里没有“%(text)s”，请用目录里的名称") % {"text": text[:30]})
        return found


class Places:
    """Places of some levels, by 12-digit code or full name. One statement."""

    def __init__(self, levels: Sequence[PlaceLevel]) -> None:
        self.places = {one.code: one for one in Place.objects.filter(level__in=levels)}
        self.names: dict[str, list[Place]] = {}
        for one in self.places.values():
            for name in {one.full_name_zh, one.name_zh}:
                self.names.setdefault(plain(name), []).append(one)

    def read(self, text: str) -> Place:
        code = plain(text)
        if code.isascii() and code.isdigit():
            return self._coded(code, text)
        named = self.names.get(code, [])
        if len(named) == 1:
            return named[0]
        if named:
            several = _("、").join(with_note(one.code, one.full_name_zh) for one in named[:MOST_NAMED])
            raise CellError(_("有几个“%(text)s”，请写代码：%(several)s") % {"text": text[:30], "several": several})
        if guess := suggest(text, [one.full_name_zh for one in self.places.values()]):
            raise CellError(_("没有“%(text)s”，是不是“%(guess)s”？") % {"text": text[:30], "guess": guess})
        raise CellError(_("没有“%(text)s”这个地方，请写 12 位区划代码") % {"text": text[:30]})

    def _coded(self, code: str, text: str) -> Place:
        found = self.places.get(code.ljust(12, "0"))
        if found is None:
            raise CellError(_("没有区划代码“%(text)s”，要写 12 位，例如 430203100000（白关镇）") % {"text": text[:30]})
        return found
