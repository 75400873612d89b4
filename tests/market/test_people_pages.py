"""我的, registering and the members' page in the browser's words; and what attackers try there."""

import pytest
from django.test import Client
from django.urls import reverse

from market.enums import OrganisationKind, Role, VerificationState
from market.models import Event, Membership, Organisation, User
from tests.factories import make_organisation, make_user
from tests.pages import logged_in, words_of


def registration(**changes) -> dict[str, str]:
    form = {
        "kind": "household",
        "name": "张三家",
        "county": "430203000000",
        "township": "430203100000",
        "village": "430203100201",
        "address": "",
        "contact_name": "张三",
        "contact_phone": "13800001234",
    }
    return {**form, **changes}


def test_my_page_needs_a_log_in(client):
    for path in ("/me/", "/organisations/new/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_a_newcomer_is_led_to_registering(db):
    page = logged_in(make_user("新人")).get("/me/")

    assert "还没有单位" in words_of(page)
    assert 'href="/organisations/new/"' in page.content.decode()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (VerificationState.WAITING, "等主管部门核实，核实时会打 13800000000，请接听"),
        (VerificationState.VERIFIED, "可以发布货源"),
        (VerificationState.REFUSED, "没有通过，原因：缺执照。补正以后请打热线 0731-12345"),
        (VerificationState.SUSPENDED, "已经暂停交易，原因：缺执照。请打热线 0731-12345"),
    ],
)
def test_my_page_says_where_my_organisation_stands_and_what_cures_it(reference, state, sentence):
    person = make_user("陈翀")
    make_organisation(
        "某社",
        OrganisationKind.COOPERATIVE,
        reference["village"],
        (person, Role.MANAGER),
        verification=state,
        verification_reason="缺执照" if state in {"refused", "suspended"} else "",
    )

    assert sentence in words_of(logged_in(person).get("/me/"))


def test_my_page_costs_the_same_with_one_and_with_three_organisations(reference, django_assert_num_queries):
    person = make_user("陈翀")

    def add(n: int) -> None:
        make_organisation(f"社 {n}", OrganisationKind.COOPERATIVE, reference["village"], (person, Role.MANAGER))

    add(1)
    client = logged_in(person)
    client.get("/me/")
    with django_assert_num_queries(5):  # session, person, memberships, rights of the person and of the groups
        client.get("/me/")
    add(2)
    add(3)
    with django_assert_num_queries(5):
        assert words_of(client.get("/me/")).count("人员和代办") == 3


def test_renaming_oneself(cast):
    client = logged_in(cast.farmer)

    done = client.post("/me/name/", {"name": " 王  建军 ", "phone": "+8613912345678", "is_staff": "on"})

    cast.farmer.refresh_from_db()
    assert done["Location"] == "/me/"
    assert (cast.farmer.name, cast.farmer.is_staff) == ("王 建军", False)
    assert cast.farmer.phone != "+8613912345678"
    assert Event.objects.about(cast.farmer).get().reason == "王建国 → 王 建军"


@pytest.mark.parametrize(("name", "sentence"), [("", "请写姓名"), ("  ", "请写姓名"), ("长" * 41, "姓名最多 40 个字")])
def test_an_unfit_name_is_refused_beside_the_field(cast, name, sentence):
    page = logged_in(cast.farmer).post("/me/name/", {"name": name})

    cast.farmer.refresh_from_db()
    assert page.status_code == 200
    assert sentence in words_of(page)
    assert cast.farmer.name == "王建国"


def test_registering_on_the_page(reference):
    person = make_user("张三", phone="+8613800001234")
    client = logged_in(person)
    blank = client.get("/organisations/new/").content.decode()

    done = client.post("/organisations/new/", registration())

    made = Organisation.objects.get()
    assert 'value="张三"' in blank
    assert 'value="13800001234"' in blank
    assert done["Location"] == "/me/"
    assert (made.name, made.kind, made.place_id, made.verification) == (
        "张三家",
        "household",
        "430203100201",
        "waiting",
    )
    assert made.memberships.get().user == person
    assert "张三家" in words_of(client.get("/me/"))


def test_registering_twice_by_a_double_tap_makes_one(reference):
    client = logged_in(make_user("张三"))

    answers = [client.post("/organisations/new/", registration()) for _tap in range(2)]

    assert [answer["Location"] for answer in answers] == ["/me/", "/me/"]
    assert (Organisation.objects.count(), Membership.objects.count()) == (1, 1)


def test_without_a_script_the_lists_of_places_come_step_by_step(reference):
    client = logged_in(make_user("张三"))

    first = client.post(
        "/organisations/new/", registration(county="430203000000", township="", village="", choose="place")
    )
    second = client.post("/organisations/new/", registration(village="", choose="place"))

    assert "430203100000" in first.content.decode()
    assert "430203100201" not in first.content.decode()
    assert "430203100201" in second.content.decode()
    assert 'value="张三家"' in second.content.decode()
    assert "还没有提交" not in words_of(second)
    assert Organisation.objects.count() == 0


def test_the_lists_of_places_follow_the_choice_above(client, reference):
    counties = client.get("/places/children/", {"county": "430203000000"}).content.decode()
    other = client.get("/places/children/", {"county": "430225000000", "township": "430203100000"}).content.decode()
    villages = client.get("/places/children/", {"county": "430203000000", "township": "430203100000"}).content.decode()
    odd = client.get("/places/children/", {"county": "<script>", "township": "' OR 1=1"}).content.decode()

    assert "白关镇" in counties
    assert "白关村" not in counties
    assert "白关" not in other
    assert "白关村" in villages
    assert "<script>" not in odd


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "bureau"}, "这一种由主管部门登记，请拨打热线"),
        ({"kind": "police"}, "这一种由主管部门登记，请拨打热线"),
        ({"kind": ""}, "请选一种"),
        ({"name": ""}, "请写名称"),
        ({"name": "——"}, "请写名称"),
        ({"name": "长" * 81}, "名称最多 80 个字"),
        ({"county": ""}, "请选县区"),
        ({"township": "", "village": ""}, "“芦淞区”太大了，请选到乡镇街道"),
        ({"township": "430225100000"}, "不在上面所选的地方里，请重新选"),
        ({"county": "430225000000"}, "不在上面所选的地方里，请重新选"),
        ({"village": "999999999999"}, "不在上面所选的地方里，请重新选"),
        ({"contact_phone": "0731-28880000"}, "请输入 11 位手机号"),
        ({"contact_name": ""}, "请写联系人"),
    ],
)
def test_unfit_registrations_are_refused_beside_the_field(reference, changes, sentence):
    page = logged_in(make_user("张三")).post("/organisations/new/", registration(**changes))

    assert page.status_code == 200
    assert sentence in words_of(page)
    assert Organisation.objects.count() == 0


def test_form_fields_verify_nobody(reference):
    person = make_user("张三")

    logged_in(person).post(
        "/organisations/new/",
        registration(verification="verified", is_demo="on", role="dispatcher", members="1", verification_reason="x"),
    )

    made = Organisation.objects.get()
    assert (made.verification, made.is_demo, made.verification_reason) == ("waiting", False, "")
    assert made.memberships.get().role == Role.MANAGER


def test_names_with_html_are_shown_as_text(reference):
    person = make_user("<b>张三</b>")
    client = logged_in(person)
    client.post("/organisations/new/", registration(name="<img src=x onerror=alert(1)>"))
    made = Organisation.objects.get()

    for path in ("/me/", f"/organisations/{made.pk}/"):
        page = client.get(path).content.decode()
        assert "<img src=x" not in page
        assert "<b>张三" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_manager_sees_the_members_and_adds_a_helper(cast):
    client = logged_in(cast.farmer)
    path = f"/organisations/{cast.household.pk}/"

    page = client.get(path)
    done = client.post(f"{path}members/", {"name": "张村长", "phone": "13800005678", "role": "helper"}, follow=True)

    assert "刘支书" in words_of(page)
    assert "每一次代办都记下两个名字：谁办的、替谁办的" in words_of(page)
    assert "已添加张村长" in words_of(done)
    assert set(cast.household.memberships.values_list("user__name", "role")) == {
        ("王建国", "manager"),
        ("刘支书", "helper"),
        ("张村长", "helper"),
    }


def test_the_members_page_costs_the_same_with_one_and_with_many(cast, django_assert_num_queries):
    client = logged_in(cast.cooperative_manager)
    path = f"/organisations/{cast.cooperative.pk}/"
    client.get(path)
    with django_assert_num_queries(7):
        client.get(path)
    for n in range(3):
        Membership.objects.create(user=make_user(f"人{n}"), organisation=cast.cooperative, role=Role.CLERK)
    with django_assert_num_queries(7):
        client.get(path)


@pytest.mark.parametrize(
    "who",
    ["rival_farmer", "helper", "cooperative_manager", "buyer", "dispatcher", "commerce_desk", "admin", "outsider"],
)
def test_other_peoples_organisations_are_not_found(cast, who):
    client = logged_in(getattr(cast, who))
    path = f"/organisations/{cast.household.pk}/"
    managing = cast.household.memberships.get(role=Role.MANAGER)
    before = set(Membership.objects.values_list("pk", flat=True))

    assert client.get(path).status_code == 404
    assert client.post(f"{path}members/", {"name": "我", "phone": "13800005678", "role": "helper"}).status_code == 404
    removing = client.post(f"{path}members/{managing.pk}/remove/")

    # The helper belongs there and is refused; nobody else may know that there is such an organisation.
    assert removing.status_code == (302 if who == "helper" else 404)
    assert set(Membership.objects.values_list("pk", flat=True)) == before
    assert not User.objects.filter(phone="+8613800005678").exists()


@pytest.mark.parametrize("role", ["manager", "dispatcher", "driver", "emperor", ""])
def test_a_role_outside_the_list_is_not_given(cast, role):
    page = logged_in(cast.farmer).post(
        f"/organisations/{cast.household.pk}/members/", {"name": "同伙", "phone": "13800005678", "role": role}
    )

    assert page.status_code == 200
    assert "不能添加这个角色" in words_of(page) or "请选角色" in words_of(page)
    assert not User.objects.filter(phone="+8613800005678").exists()


def test_form_fields_cannot_name_another_organisation_or_person(cast):
    logged_in(cast.farmer).post(
        f"/organisations/{cast.household.pk}/members/",
        {
            "name": "路人", "phone": cast.outsider.phone, "role": "clerk",
            "organisation": cast.cooperative.pk, "by": cast.cooperative_manager.pk, "user": cast.admin.pk,
        },
    )  # fmt: skip

    assert set(cast.outsider.memberships.values_list("organisation", "role")) == {(cast.household.pk, "clerk")}


def test_the_last_manager_cannot_be_removed_on_the_page(cast):
    managing = cast.household.memberships.get(role=Role.MANAGER)
    client = logged_in(cast.farmer)

    page = client.post(f"/organisations/{cast.household.pk}/members/{managing.pk}/remove/", follow=True)

    assert "只有这一位负责人，不能移除" in words_of(page)
    assert cast.household.memberships.filter(pk=managing.pk).exists()


def test_a_helper_leaves_from_their_own_page(cast):
    client = logged_in(cast.helper)
    helping = cast.household.memberships.get(user=cast.helper)
    path = f"/organisations/{cast.household.pk}/members/{helping.pk}/remove/"
    assert f'action="{path}"' in client.get("/me/").content.decode()

    done = client.post(path)

    assert done["Location"] == "/me/"
    assert not cast.helper.memberships.exists()
    assert client.post(path).status_code == 404


def test_removing_needs_a_post(cast):
    helping = cast.household.memberships.get(user=cast.helper)
    client = logged_in(cast.farmer)

    assert client.get(f"/organisations/{cast.household.pk}/members/{helping.pk}/remove/").status_code == 405
    assert client.get(f"/organisations/{cast.household.pk}/members/").status_code == 405
    assert client.get("/me/name/").status_code == 405


def test_posts_from_other_sites_are_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.farmer)

    for path in (
        "/me/name/",
        f"/organisations/{cast.household.pk}/members/",
        "/organisations/new/",
        "/accounts/login/",
    ):
        assert client.post(path, {"name": "x"}).status_code == 403


def test_a_buyers_page_leads_to_demands_results_and_an_associations_to_its_relay(cast):
    buyer, association = (logged_in(user).get("/me/").content.decode() for user in (cast.buyer, cast.association_clerk))

    for name in ("orders:demands", "orders:match_mine"):
        assert reverse(name) in buyer
        assert reverse(name) in association
    assert reverse("orders:relay") in association
    assert reverse("orders:relay") not in buyer
    assert reverse("orders:match_mine") in logged_in(cast.farmer).get("/me/").content.decode()


@pytest.mark.parametrize("name", ["orders:offers", "orders:standing", "logistics:statements"])
def test_a_sellers_lists_lead_back_to_the_own_page(cast, name):
    page = logged_in(cast.farmer).get(reverse(name)).content.decode()

    assert f'<p class="crumbs"><a href="{reverse("market:me")}">' in page


def test_the_commerce_desk_finds_its_screens_on_the_own_page_and_in_the_back_office(cast):
    for address in (reverse("market:me"), reverse("wagtailadmin_home")):
        page = logged_in(cast.commerce_desk).get(address).content.decode()
        for name in ("orders:match", "orders:spoiling", "orders:offers", "logistics:statements"):
            assert reverse(name) in page
    assert f'href="{reverse("orders:match")}"' not in logged_in(cast.farmer).get(reverse("market:me")).content.decode()
