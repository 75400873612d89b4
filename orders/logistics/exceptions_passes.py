"""Refusals about passes, pass codes and signer keys. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class NoSuchOffice(Refused):
    """`issuer` is worded."""

    field = "issuer"
    sentence = _("%(issuer)s 还没有在本平台签发通行证，请选别的签发单位")


class NotCountyLevel(Refused):
    field = "from_place"
    sentence = _("起点和终点要写到县区或全市，“%(place)s”不行")


class PassAlreadyOver(Refused):
    field = "valid_to"
    sentence = _("失效时间已经过去，请改成以后的时间")


class PassTimesCrossed(Refused):
    field = "valid_to"
    sentence = _("失效时间要晚于生效时间")


class PassTooLong(Refused):
    field = "valid_to"
    sentence = _("一张通行证最长 %(days)s 天，请改短；到期前可以换证")


class PurposeNeeded(Refused):
    field = "purpose"
    sentence = _("请写明运什么，最多 100 个字")


class PassKeyUsedOtherwise(Refused):
    """The form was sent before with other contents."""

    sentence = _("这张表刚才已经提交过一份申请。要再申请一张，请重新打开申请表")


class AlreadyReplaced(Refused):
    sentence = _("这张通行证已经有一份换证申请，请先撤回那一份")


class NothingToReplace(Refused):
    sentence = _("只有有效或已暂停的通行证才能换证，而且要是同一辆车、同一个签发单位")


class NumbersUsedUp(Refused):
    sentence = _("区划 %(area)s 的 6 位流水号已经用完，请联系平台管理员")


class NoGroundsForCode(Refused):
    """The pass, the test or the trip ends before the code would begin."""

    sentence = _("通行证、核酸或车次的有效时间没有重合，签不出通行码；请先续期或重新检测")


class CodeNotRestorable(Refused):
    sentence = _("这个通行码不能恢复：它已到期、通行证无效，或者这趟车已经有别的有效码")


class KeyUnreadable(Refused):
    sentence = _("签名密钥打不开，可能是密钥口令被换过；请撤销这把密钥，系统会另做一把")
