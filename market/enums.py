"""States and choices of the market, and the tables of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    HOUSEHOLD = "household", _("农户")
    COOPERATIVE = "cooperative", _("合作社")
    RETAILER = "retailer", _("商超")
    ASSOCIATION = "association", _("农贸市场协会")
    WHOLESALE = "wholesale", _("农批市场")
    CANTEEN = "canteen", _("食堂 / 医院")
    CARRIER = "carrier", _("运输企业")
    DEPOT = "depot", _("粮库")
    BUREAU = "bureau", _("主管部门")
    POLICE = "police", _("交警")
    CHECKPOINT = "checkpoint", _("查验点")


SELLERS = frozenset({OrganisationKind.HOUSEHOLD, OrganisationKind.COOPERATIVE})
BUYERS = frozenset(
    {
        OrganisationKind.RETAILER,
        OrganisationKind.ASSOCIATION,
        OrganisationKind.WHOLESALE,
        OrganisationKind.CANTEEN,
    }
)


# What a person may register without the bureau's own hands.
REGISTRABLE = SELLERS | BUYERS | {OrganisationKind.CARRIER}


class Role(TextChoices):
    """What a person does in an organisation."""

    MANAGER = "manager", _("负责人")
    CLERK = "clerk", _("经办人")
    HELPER = "helper", _("代办人")  # acts on behalf of the organisation's manager; both names are kept
    DISPATCHER = "dispatcher", _("调度员")
    DRIVER = "driver", _("司机")
    SUPERVISOR = "supervisor", _("值班领导")  # may let a trip run against a reason, in writing
    ISSUER = "issuer", _("签发员")  # vets and issues green-channel passes
    OFFICER = "officer", _("查验员")  # stands at a checkpoint


def grantable_roles(kind: str) -> tuple[Role, ...]:
    """The roles a manager may give in an organisation of this kind. Managing itself is never given by a form."""
    if kind in SELLERS:
        return (Role.HELPER, Role.CLERK)
    if kind == OrganisationKind.CARRIER:
        return (Role.CLERK, Role.DRIVER)
    if kind == OrganisationKind.BUREAU:
        return (Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR, Role.ISSUER)
    if kind == OrganisationKind.POLICE:
        return (Role.CLERK, Role.ISSUER, Role.OFFICER)
    if kind == OrganisationKind.CHECKPOINT:
        return (Role.CLERK, Role.OFFICER)
    return (Role.CLERK,)


class VerificationState(TextChoices):
    WAITING = "waiting", _("待核实")
    VERIFIED = "verified", _("已核实")
    REFUSED = "refused", _("未通过")
    SUSPENDED = "suspended", _("已暂停")


VERIFICATION_MOVES: dict[VerificationState, set[VerificationState]] = {
    VerificationState.WAITING: {VerificationState.VERIFIED, VerificationState.REFUSED},
    VerificationState.REFUSED: {VerificationState.VERIFIED},
    VerificationState.VERIFIED: {VerificationState.SUSPENDED},
    VerificationState.SUSPENDED: {VerificationState.VERIFIED},
}


class PlaceLevel(TextChoices):
    CITY = "city", _("市")
    COUNTY = "county", _("县区")
    TOWNSHIP = "township", _("乡镇街道")
    VILLAGE = "village", _("村 / 社区")


class ProduceKind(TextChoices):
    VEGETABLE = "vegetable", _("蔬菜")
    FRUIT = "fruit", _("水果")
    AQUATIC = "aquatic", _("水产")
    LIVESTOCK = "livestock", _("活禽活畜")
    MEAT = "meat", _("鲜肉")
    EGG = "egg", _("鲜蛋")
    GRAIN = "grain", _("粮食")
    PROCESSED = "processed", _("加工品")
    OTHER = "other", _("其他")


class DirectoryStatus(TextChoices):
    """Whether the fresh-produce directory names it (toll exemption; nothing to do with an epidemic pass)."""

    YES = "yes", _("在目录内")
    NO = "no", _("不在目录内")
    DISPUTED = "disputed", _("需收费站认定")


class Grade(TextChoices):
    PREMIUM = "premium", _("精品")
    FIRST = "first", _("一等")
    SECOND = "second", _("二等")
    MIXED = "mixed", _("统货")


class PriceUnit(TextChoices):
    JIN = "jin", _("元/斤")
    KG = "kg", _("元/公斤")
    TONNE = "tonne", _("元/吨")
    PACK = "pack", _("元/件")


class ListingStage(TextChoices):
    """Where a listing stands for its seller; read from Wagtail's workflow, never stored."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    CHANGES_ASKED = "changes_asked", _("需修改")
    LIVE = "live", _("已上架")
    LIVE_EDIT_IN_REVIEW = "live_edit_in_review", _("已上架，修改审核中")
    LIVE_CHANGES_ASKED = "live_changes_asked", _("已上架，修改被退回")
    WITHDRAWN = "withdrawn", _("已下架")
    ENDED = "ended", _("已结束")
