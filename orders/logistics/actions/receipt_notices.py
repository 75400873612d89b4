"""What the two sides of a receipt are told. Called inside the actions' transactions."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.notices import tell
from orders.logistics.models import Dispute, Receipt
from orders.models import Pledge


def page_of(receipt: Receipt) -> str:
    return reverse("logistics:load_receipts", args=[receipt.load_id])


def tell_of_difference(receipt: Receipt, pledge: Pledge) -> None:
    """The seller hears of whatever was not simply accepted."""
    if not (receipt.downgraded_g or receipt.rejected_g or receipt.missing_g or receipt.surplus_g):
        return
    plain = gettext_noop("%(who)s收到您的%(what)s，和装车的数量有出入：收下 %(taken_g)s")
    told = gettext_noop("%(who)s收到您的%(what)s，和装车的数量有出入：收下 %(taken_g)s，原因：%(reason)s")
    tell(
        pledge.seller_id,
        f"receipt-{receipt.pk}",
        told if receipt.reason else plain,
        url=page_of(receipt),
        who=pledge.buyer.name,
        what=pledge.produce.names,
        taken_g=receipt.accepted_g + receipt.downgraded_g,
        reason=receipt.reason,
    )


def tell_of_reversal(reversal: Receipt, pledge: Pledge) -> None:
    """The seller hears that a receipt was taken back."""
    tell(
        pledge.seller_id,
        f"receipt-{reversal.pk}",
        gettext_noop("%(who)s更正了一笔%(what)s的收货记录，原来记的作废，会重新记，原因：%(reason)s"),
        url=page_of(reversal),
        who=pledge.buyer.name,
        what=pledge.produce.names,
        reason=reversal.reason,
    )


def tell_of_dispute(dispute: Dispute, pledge: Pledge, step: str, *, both: bool = False) -> None:
    """`step` raised, withdrawn: the buyer hears; upheld, refused: the seller hears, and the buyer where the desk answered."""
    texts = {
        "raised": gettext_noop("%(who)s对一笔%(what)s的收货记录有异议：%(why)s"),
        "withdrawn": gettext_noop("%(who)s撤回了对%(what)s收货记录的异议"),
        "upheld": gettext_noop("您对%(what)s收货记录的异议已更正：%(answer)s"),
        "refused": gettext_noop("您对%(what)s收货记录的异议没有改：%(answer)s"),
    }
    desk = {
        "upheld": gettext_noop("商粮局更正了%(who)s有异议的%(what)s收货记录：%(answer)s"),
        "refused": gettext_noop("商粮局看过%(who)s的异议，%(what)s收货记录不改：%(answer)s"),
    }
    facts = {"who": pledge.seller.name, "what": pledge.produce.names, "why": dispute.why, "answer": dispute.answer}
    url = reverse("logistics:dispute", args=[dispute.pk])
    first = pledge.buyer_id if step in ("raised", "withdrawn") else pledge.seller_id
    tell(first, f"dispute-{dispute.pk}-{step}", texts[step], url=url, **facts)
    if both:
        tell(pledge.buyer_id, f"dispute-{dispute.pk}-{step}", desk[step], url=url, **facts)
