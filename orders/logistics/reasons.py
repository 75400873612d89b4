"""The reason of a receipt as it is stored: always words, so that a reader without the code knows it too."""

from django.utils.translation import override

from orders.logistics.enums import ReceiptReason

MAX_REASON = 200


def words_of_reason(code: str, typed: str) -> str:
    """What was typed; else the Chinese word of the code. 其他 alone says nothing."""
    said = typed.strip()[:MAX_REASON]
    if said or code in ("", ReceiptReason.OTHER):
        return said
    with override("zh-hans"):
        return str(ReceiptReason(code).label)
