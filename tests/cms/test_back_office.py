"""Organisations to verify, the catalogue, people, expiry, preview, tasks of the screens' owners."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cms.groups import AGRICULTURE_DESK, COMMERCE_DESK, make_desks
from market.actions.listings import edit_listing
from market.actions.produce import correct_produce
from market.actions.reference import load_reference
from market.enums import VERIFICATION_MOVES, Role, VerificationState
from market.exceptions import NotAllowed
from market.models import Event, Listing, Organisation, Produce, User
from tests.cms.conftest import fresh, logged_in, press, said, url
from tests.factories import make_live_listing, make_organisation, make_terms

ORGANISATIONS = "wagtailsnippets_market_organisation"
PRODUCE = "wagtailsnippets_market_produce"


# --- organisations ---


@pytest.fixture
def waiting(cast, reference) -> Organisation:
    return make_organisation(
        "新合作社", "cooperative", reference["village"], (cast.outsider, Role.MANAGER),
        verification=VerificationState.WAITING,
    )  # fmt: skip


def page_of(organisation: Organisation) -> str:
    return reverse(f"{ORGANISATIONS}:inspect", args=[organisation.pk])


def verdict(client, organisation: Organisation, to: str, reason: str = ""):
    return client.post(page_of(organisation), {"to": to, "reason": reason}, follow=True)


def test_the_waiting_organisation_is_found_counted_and_shown_with_its_people(waiting, commerce):
    home = commerce.get(reverse("wagtailadmin_home")).content.decode()
    listed = commerce.get(reverse(f"{ORGANISATIONS}:list"), {"verification": "waiting"})
    page = commerce.get(page_of(waiting)).content.decode()

    assert "<b>1</b> 个单位等待核实" in home
    assert list(listed.context["object_list"]) == [waiting]
    for word in ("新合作社", "路人", "负责人", "核实通过", "不通过"):
        assert word in page
    assert 'name="verification"' not in page


def test_verifying_is_one_press_and_one_line_of_history(waiting, cast, commerce):
    response = verdict(commerce, waiting, "verified")

    waiting.refresh_from_db()
    event = Event.objects.about(waiting).get()
    assert said(response) == ["“新合作社”：核实通过"]
    assert waiting.verification == VerificationState.VERIFIED
    assert (event.verb, event.by, event.from_state, event.to_state) == (
        "verified",
        cast.commerce_desk,
        "waiting",
        "verified",
    )


def test_refusing_needs_a_reason(waiting, commerce):
    response = verdict(commerce, waiting, "refused", "  ")
    waiting.refresh_from_db()
    assert waiting.verification == VerificationState.WAITING
    assert Event.objects.about(waiting).count() == 0
    assert len(said(response)) == 1

    verdict(commerce, waiting, "refused", "证照不清楚，请重拍")
    waiting.refresh_from_db()
    assert (waiting.verification, waiting.verification_reason) == ("refused", "证照不清楚，请重拍")


@pytest.mark.parametrize("old", VerificationState.values)
@pytest.mark.parametrize("to", ["verified", "refused", "suspended", "waiting", "nonsense", ""])
def test_every_pair_of_states_follows_the_table(old, to, waiting, commerce):
    Organisation.objects.filter(pk=waiting.pk).update(verification=old)
    allowed = to in VERIFICATION_MOVES[VerificationState(old)]

    response = verdict(commerce, waiting, to, "写明原因")

    waiting.refresh_from_db()
    assert waiting.verification == (to if allowed else old)
    assert Event.objects.about(waiting).count() == (1 if allowed else 0)
    assert len(said(response)) == 1


def test_the_page_offers_only_what_the_table_allows(waiting, commerce):
    offered = {
        state: {str(move["to"]) for move in commerce.get(page_of(waiting)).context["moves"]}
        for state in VerificationState.values
        if Organisation.objects.filter(pk=waiting.pk).update(verification=state)
    }

    assert offered == {state: {str(to) for to in moves} for state, moves in VERIFICATION_MOVES.items()}


@pytest.mark.parametrize("role", ["agriculture_desk", "farmer", "outsider"])
def test_nobody_else_verifies(role, waiting, cast):
    verdict(logged_in(getattr(cast, role)), waiting, "verified")

    waiting.refresh_from_db()
    assert waiting.verification == VerificationState.WAITING


def test_no_form_edits_adds_or_deletes_an_organisation(waiting, admin, commerce):
    for client in (admin, commerce):
        for name, args in (("edit", [waiting.pk]), ("add", []), ("delete", [waiting.pk])):
            address = reverse(f"{ORGANISATIONS}:{name}", args=args)
            assert client.get(address).status_code == 302
            client.post(address, {"verification": "verified", "address": "别处", "name": "别的"})

    waiting.refresh_from_db()
    assert (waiting.verification, waiting.address, waiting.name) == ("waiting", "", "新合作社")


@pytest.mark.parametrize("count", [1, 3])
def test_the_organisations_cost_the_same_with_one_and_with_three(
    count, cast, reference, commerce, django_assert_num_queries
):
    for number in range(count):
        make_organisation(f"新户{number}", "household", reference["village"], verification=VerificationState.WAITING)
    address = reverse(f"{ORGANISATIONS}:list") + "?verification=waiting"
    commerce.get(address)

    with django_assert_num_queries(12):
        commerce.get(address)


# --- the catalogue ---


def form_of(produce: Produce, **changes) -> dict[str, str]:
    names = (
        "name_zh",
        "name_en",
        "aliases_zh",
        "kind",
        "directory_status",
        "directory_note",
        "ambient_hours",
        "cold_hours",
    )
    values = {name: getattr(produce, name) for name in (*names, "shrink_permille", "pack_word", "pack_g")}
    return {name: "" if value is None else str(value) for name, value in {**values, **changes}.items()} | {
        "is_active": "on"
    }


def test_commerce_corrects_a_product_which_is_then_found_by_its_new_names(reference, cast, commerce):
    loofah = reference["loofah"]

    commerce.post(
        reverse(f"{PRODUCE}:edit", args=[loofah.pk]), form_of(loofah, aliases_zh="水瓜|天罗", ambient_hours="72")
    )

    loofah.refresh_from_db()
    assert (loofah.aliases_zh, loofah.ambient_hours) == ("水瓜|天罗", 72)
    assert list(Produce.objects.matching("tianluo")) == [loofah]
    assert Event.objects.about(loofah).get().by == cast.commerce_desk


def test_agriculture_and_farmers_do_not_correct_the_catalogue(reference, cast, agriculture):
    loofah = reference["loofah"]
    agriculture.post(reverse(f"{PRODUCE}:edit", args=[loofah.pk]), form_of(loofah, name_zh="别的"))
    with pytest.raises(NotAllowed):
        correct_produce(loofah, by=cast.farmer)

    loofah.refresh_from_db()
    assert loofah.name_zh == "丝瓜"
    assert Event.objects.about(loofah).count() == 0


def test_a_correction_outlives_the_next_start(cast, db):
    """`prepare` loads the data files at every start; what the bureau corrected stays."""
    load_reference()
    loofah = Produce.objects.get(slug="sigua")
    loofah.ambient_hours = 99
    correct_produce(loofah, by=cast.commerce_desk)
    peach = Produce.objects.exclude(slug="sigua").first()
    Produce.objects.filter(pk=peach.pk).update(name_en="overwritten by the file")

    load_reference()

    loofah.refresh_from_db()
    peach.refresh_from_db()
    assert loofah.ambient_hours == 99
    assert peach.name_en != "overwritten by the file"


# --- people ---


def test_the_screens_for_people_open_and_know_our_fields(cast, admin):
    listed = admin.get(reverse("wagtailusers_users:index")).content.decode()
    added = admin.get(reverse("wagtailusers_users:add")).content.decode()
    edited = admin.get(reverse("wagtailusers_users:edit", args=[cast.farmer.pk])).content.decode()

    assert "王建国" in listed
    for page in (added, edited):
        for name in ("phone", "name", "email", "groups", "is_superuser"):
            assert f'name="{name}"' in page
        assert "first_name" not in page


def test_an_administrator_seats_a_clerk_at_a_desk(cast, admin):
    desk = Group.objects.get(name=AGRICULTURE_DESK)

    response = admin.post(
        reverse("wagtailusers_users:add"),
        {
            "phone": "138 0013 8000",
            "name": "卫农业",
            "email": "",
            "groups": [desk.pk],
            "password1": "",
            "password2": "",
        },
    )

    person = User.objects.get(phone="+8613800138000")
    assert response.status_code == 302
    assert (person.name, person.is_superuser, list(person.groups.all())) == ("卫农业", False, [desk])
    assert person.has_usable_password() is False
    assert logged_in(person).get(url("list")).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "12345"), ("phone", ""), ("name", ""), ("password2", "another-one-1")]
)
def test_a_person_filled_in_wrong_is_not_saved(field, value, cast, admin):
    form = {
        "phone": "13800138000",
        "name": "卫农业",
        "password1": "desk-password-1",
        "password2": "desk-password-1",
        field: value,
    }

    response = admin.post(reverse("wagtailusers_users:add"), form)

    assert response.status_code == 200
    assert not User.objects.filter(name="卫农业").exists()


def test_a_number_that_has_an_account_is_refused_in_chinese(cast, admin):
    form = {"phone": cast.farmer.phone, "name": "另一个", "password1": "", "password2": ""}

    page = admin.post(reverse("wagtailusers_users:add"), form).content.decode()

    assert "这个手机号已经有账号" in page or "手机号 已存在" in page
    assert User.objects.filter(phone=cast.farmer.phone).count() == 1


def test_editing_keeps_the_password_and_can_lock_a_person_out(cast, admin):
    clerk = cast.agriculture_desk
    desk = clerk.groups.get()

    admin.post(
        reverse("wagtailusers_users:edit", args=[clerk.pk]),
        {
            "phone": clerk.phone,
            "name": "冯农业",
            "email": "feng@example.org",
            "groups": [desk.pk],
            "password1": "",
            "password2": "",
        },
    )

    clerk.refresh_from_db()
    assert (clerk.email, clerk.is_active, clerk.check_password("desk-password-1")) == ("feng@example.org", False, True)


def test_people_are_found_by_number_name_and_sorted_by_name(cast, admin):
    index = reverse("wagtailusers_users:index")

    assert {user.pk for user in admin.get(index, {"q": "王建国"}).context["users"]} == {cast.farmer.pk}
    assert {user.pk for user in admin.get(index, {"q": cast.buyer.phone[3:]}).context["users"]} == {cast.buyer.pk}
    assert admin.get(index, {"ordering": "-phone"}).status_code == 200


# --- the desks' rights, repeated and least ---


def test_making_the_desks_again_changes_nothing_the_bureau_changed(cast):
    from wagtail.models import WorkflowTask

    WorkflowTask.objects.filter(task__name="商务发布").delete()
    make_desks()

    assert not WorkflowTask.objects.filter(task__name="商务发布").exists()


def test_the_desks_have_exactly_these_rights(cast):
    rights = {
        name: sorted(Group.objects.get(name=name).permissions.values_list("codename", flat=True))
        for name in (AGRICULTURE_DESK, COMMERCE_DESK)
    }

    assert rights[AGRICULTURE_DESK] == ["access_admin", "change_listing", "view_listing"]
    assert rights[COMMERCE_DESK] == [
        "access_admin", "change_listing", "change_organisation", "change_produce",
        "publish_listing", "view_listing", "view_organisation", "view_produce",
    ]  # fmt: skip


# --- traps 1 and 13 ---


def test_a_listing_is_not_public_by_default():
    assert Listing().live is False


def test_an_expired_listing_is_not_public_before_the_clock_has_run(cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    Listing.objects.filter(pk=listing.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))

    assert fresh(listing).live is True
    assert Listing.objects.public().count() == 0

    call_command("publish_scheduled", verbosity=0)

    assert (fresh(listing).live, fresh(listing).expired) == (False, True)
    assert set(listing.lots.values_list("is_open", flat=True)) == {False}


def test_a_desks_correction_and_approval_keep_the_expiry(cast, reference, submit, agriculture, commerce):
    ends = timezone.now().replace(microsecond=0) + dt.timedelta(days=2)
    listing = submit()
    draft = fresh(listing).get_latest_revision_as_object()
    draft.expire_at = ends
    draft.save_revision(user=cast.agriculture_desk)

    press(agriculture, listing, "approve", variety="更正")
    press(commerce, listing, "approve")

    assert (fresh(listing).variety, fresh(listing).expire_at) == ("更正", ends)


# --- preview ---


def test_the_preview_shows_the_revision_under_review(cast, reference, submit, agriculture, commerce):
    listing = submit()
    for client in (agriculture, commerce):
        press(client, listing, "approve")
    terms = make_terms(reference["loofah"], reference["village"], note="新的说明")
    edit_listing(fresh(listing), terms, by=cast.farmer)
    revision = fresh(listing).latest_revision

    page = agriculture.get(url("revisions_view", listing.pk, revision.pk)).content.decode()

    assert "新的说明" in page
    assert fresh(listing).note == ""
