"""What a desk may correct, what goes public with it, what the stock refuses; taking a listing down."""

from decimal import Decimal

import pytest
from wagtail.models import TaskState

from market.actions.listings import edit_listing
from market.actions.lots import reserve
from market.actions.reviews import take_down_listing
from market.exceptions import NotAllowed, ReasonMissing, WrongState
from market.models import Event, Listing, Lot
from market.quantities import Quantity
from tests.cms.conftest import fresh, press, said, url
from tests.factories import make_terms


def approve_all(agriculture, commerce, listing: Listing) -> Listing:
    press(agriculture, listing, "approve")
    press(commerce, listing, "approve")
    return fresh(listing)


def edit(cast, listing: Listing, **changes) -> Listing:
    return edit_listing(listing, make_terms(listing.produce, listing.place, **changes), by=cast.farmer)


def decided(listing: Listing) -> list[tuple[str, str]]:
    states = TaskState.objects.filter(workflow_state__object_id=str(listing.pk)).order_by("pk")
    return list(states.values_list("task__name", "status"))


# --- corrections, and traps 2, 3 and 14 ---


def test_a_correction_typed_with_the_approval_is_what_goes_public(submit, agriculture, commerce):
    listing = submit()
    press(agriculture, listing, "approve", variety="白关丝瓜")

    press(commerce, listing, "approve")

    assert fresh(listing).variety == "白关丝瓜"


def test_an_old_version_is_not_brought_back_over_what_the_seller_handed_in(cast, submit, agriculture, commerce):
    """Wagtail's "review this version" would save the old price, and the approval would publish it unseen by the seller."""
    listing = approve_all(agriculture, commerce, submit())
    old = listing.latest_revision
    edit(cast, listing, price=Decimal("2.00"))

    form = {"variety": "", "grade": "first", "note": ""}
    response = agriculture.post(url("revisions_revert", listing.pk, old.pk), form, follow=True)

    assert "旧版本只能看，不能恢复" in response.content.decode()
    assert approve_all(agriculture, commerce, fresh(listing)).price == Decimal("2.00")


def test_a_form_older_than_a_colleagues_correction_is_not_saved_over_it(submit, agriculture):
    listing = submit()
    seen = fresh(listing).latest_revision
    old = {"loaded_revision_id": str(seen.pk), "loaded_revision_created_at": seen.created_at.isoformat()}
    press(agriculture, listing, "save", variety="同事更正的", **{"action-workflow-action": ""})

    response = press(agriculture, listing, "approve", variety="我看到的", **old)

    assert said(response) == ["同事刚刚更正过这条货源，请重新查看后再决定"]
    assert fresh(listing).get_latest_revision_as_object().variety == "同事更正的"
    assert decided(listing) == [("农业核对", "in_progress")]


def test_an_approval_without_a_correction_makes_no_revision(submit, agriculture, commerce):
    listing = approve_all(agriculture, commerce, submit())

    assert listing.revisions.count() == 1


def test_a_saved_correction_waits_for_the_decision(submit, agriculture):
    listing = submit()

    response = agriculture.post(
        url("edit", listing.pk), {"variety": "白关丝瓜", "grade": "first", "note": ""}, follow=True
    )

    assert said(response) == ["已保存更正。卖方原来的版本留在历史记录里。"]
    assert listing.revisions.count() == 2
    assert decided(listing) == [("农业核对", "in_progress")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seller", "1"),
        ("quantity_per_day_g", "1"),
        ("price", "0.01"),
        ("live", "on"),
        ("contact_phone", "1"),
        ("expire_at", ""),
    ],
)
def test_the_form_takes_words_only(submit, agriculture, commerce, field, value):
    listing = submit()
    before = getattr(listing, field)

    press(agriculture, listing, "approve", **{field: value})

    assert getattr(fresh(listing), field) == before
    assert getattr(fresh(listing).get_latest_revision_as_object(), field) == before


def test_a_sellers_revision_written_during_the_review_is_not_published_unseen(submit, cast, agriculture, commerce):
    """Trap 3: Wagtail publishes the latest revision, whoever wrote it."""
    listing = submit()
    press(agriculture, listing, "approve")
    sly = listing.get_latest_revision_as_object()
    sly.note = "偷偷换的"
    sly.save_revision(user=cast.farmer)

    response = press(commerce, listing, "approve")

    assert "审核期间卖方又改了内容，请重新查看后再决定" in said(response)[0]
    assert fresh(listing).live is False
    assert decided(listing)[-1] == ("商务发布", "in_progress")


def test_publication_leaves_what_buyers_reserved_alone(submit, cast, agriculture, commerce):
    """Trap 2: publishing writes every column of the row; stock stands in its own."""
    listing = approve_all(agriculture, commerce, submit())
    lot = Lot.objects.order_by("day")[0]
    reserve(lot.pk, 60_000)
    edit(cast, listing, note="量足")

    approve_all(agriculture, commerce, listing)

    lot.refresh_from_db()
    assert (fresh(listing).note, lot.reserved_g) == ("量足", 60_000)


def test_an_offer_below_what_is_reserved_is_refused_with_the_numbers_and_leaves_the_task_open(
    submit, cast, agriculture, commerce
):
    listing = approve_all(agriculture, commerce, submit())
    edit(cast, listing, quantity=Quantity.parse("1万斤"))
    press(agriculture, listing, "approve")
    reserve(Lot.objects.order_by("day")[0].pk, 6_000_000)
    revisions = listing.revisions.count()

    response = press(commerce, listing, "approve", variety="更正")

    assert "1.2 万斤" in said(response)[0]
    assert "1 万斤" in said(response)[0]
    assert decided(listing)[-1] == ("商务发布", "in_progress")
    assert (fresh(listing).quantity_per_day_g, listing.revisions.count()) == (10_000_000, revisions)
    assert 'value="更正"' in response.content.decode()


def test_looking_around_writes_no_revision(submit, agriculture, settings):
    """Trap 14: autosave is off."""
    listing = submit()

    page = agriculture.get(url("edit", listing.pk)).content.decode()

    assert settings.WAGTAIL_AUTOSAVE_INTERVAL == 0
    assert "data-w-autosave-interval-value" not in page
    assert listing.revisions.count() == 1


# --- taking down ---


def test_commerce_takes_a_listing_down_and_its_lots_close(submit, agriculture, commerce):
    listing = approve_all(agriculture, commerce, submit())
    reserve(Lot.objects.order_by("day")[0].pk, 1_000)

    response = commerce.post(url("unpublish", listing.pk), {"comment": "抽检不合格"}, follow=True)

    assert said(response) == ["已下架“丝瓜 · 一等 · 白关村”。"]
    assert fresh(listing).live is False
    assert list(Lot.objects.order_by("day").values_list("is_open", "reserved_g")) == [
        (False, 1_000),
        (False, 0),
        (False, 0),
    ]
    assert Event.objects.about(listing).last().reason == "抽检不合格"


def test_taking_down_without_a_reason_or_twice_or_by_agriculture_changes_nothing(submit, cast, agriculture, commerce):
    listing = approve_all(agriculture, commerce, submit())

    assert commerce.post(url("unpublish", listing.pk), {"comment": ""}).status_code == 422
    agriculture.post(url("unpublish", listing.pk), {"comment": "不行"})
    with pytest.raises(NotAllowed):
        take_down_listing(listing, reason="不行", by=cast.agriculture_desk)
    with pytest.raises(ReasonMissing):
        take_down_listing(listing, reason="  ", by=cast.commerce_desk)
    assert fresh(listing).live is True

    take_down_listing(listing, reason="抽检不合格", by=cast.commerce_desk)
    with pytest.raises(WrongState):
        take_down_listing(listing, reason="抽检不合格", by=cast.commerce_desk)
    assert Event.objects.about(listing).filter(verb="taken_down").count() == 1
