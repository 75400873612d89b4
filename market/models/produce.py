"""The catalogue of produce."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.enums import DirectoryStatus, ProduceKind
from market.quantities import Pack
from market.sentences import Name


class ProduceQuerySet(models.QuerySet["Produce"]):
    def matching(self, text: str) -> Self:
        """Those whose name, alias, pinyin or pinyin initials contain `text`."""
        return self.filter(search_text__contains=text.strip().lower()) if text.strip() else self


class Produce(models.Model):
    """One product of the catalogue. Loaded from data by `load_reference`; the bureau may correct it in the CMS."""

    slug = models.SlugField(_("编号"), max_length=40, unique=True)
    name_zh = models.CharField(_("名称"), max_length=40, unique=True)
    name_en = models.CharField(_("英文名"), max_length=60)
    aliases_zh = models.CharField(_("别名"), max_length=200, blank=True, help_text=_("用 | 分开"))
    search_text = models.CharField(max_length=500, editable=False, help_text=_("名称、别名、拼音和拼音首字母，小写"))
    kind = models.CharField(_("品类"), max_length=10, choices=ProduceKind.choices)
    directory_status = models.CharField(_("鲜活农产品目录"), max_length=10, choices=DirectoryStatus.choices)
    directory_note = models.CharField(_("目录说明"), max_length=200, blank=True)
    ambient_hours = models.PositiveIntegerField(_("常温可放（小时）"), null=True, blank=True)
    cold_hours = models.PositiveIntegerField(_("冷藏可放（小时）"), null=True, blank=True)
    shrink_permille = models.PositiveSmallIntegerField(
        _("正常损耗（‰）"), default=0, help_text=_("路上失水等正常损耗，千分之几；在这以内的短少不用写原因")
    )
    pack_word = models.CharField(_("常用包装"), max_length=10, blank=True)
    pack_g = models.PositiveIntegerField(_("每件重（克）"), null=True, blank=True)
    is_active = models.BooleanField(_("可发布"), default=True)

    objects = ProduceQuerySet.as_manager()

    class Meta:
        verbose_name = _("农产品")
        verbose_name_plural = _("农产品目录")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=ProduceKind.values), name="produce_kind_known"),
            models.CheckConstraint(
                condition=models.Q(directory_status__in=DirectoryStatus.values),
                name="produce_directory_known",
            ),
            models.CheckConstraint(
                condition=models.Q(shrink_permille__lte=200),
                name="produce_shrink_plausible",
                violation_error_message=_("正常损耗最多 200‰"),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.names)

    @property
    def names(self) -> Name:
        """For a sentence that is read later, in whichever language."""
        return Name(self.name_zh, self.name_en)

    @property
    def aliases(self) -> list[str]:
        return [alias for alias in self.aliases_zh.split("|") if alias]

    @property
    def other_names(self) -> list[str]:
        """What else a reader may look for: the local names, or the Chinese name beside the English one."""
        return self.aliases if self.name == self.name_zh else [self.name_zh]

    @property
    def usual_pack(self) -> Pack | None:
        return Pack(self.pack_word, self.pack_g) if self.pack_word and self.pack_g else None
