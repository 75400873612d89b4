"""Registering, verifying, members: what the actions do and refuse."""

import pytest

from market.actions.organisations import (
    MAX_MEMBERS,
    MAX_WAITING,
    OrganisationDetails,
    add_member,
    refuse_organisation,
    register_organisation,
    remove_member,
    suspend_organisation,
    verify_organisation,
)
from market.enums import REGISTRABLE, VERIFICATION_MOVES, OrganisationKind, Role, VerificationState, grantable_roles
from market.exceptions import (
    AlreadyMember,
    AlreadyRegistered,
    LastManager,
    NameNeeded,
    NotAllowed,
    NotRegistrable,
    OtherPersonsNumber,
    PhoneUnfit,
    ReasonNeeded,
    RoleNotGiven,
    TooManyMembers,
    TooManyWaiting,
    UnfitText,
    WorkplaceTooWide,
    WrongState,
)
from market.models import Event, Membership, Organisation, User
from tests.factories import make_organisation, make_user


def details(reference, **changes) -> OrganisationDetails:
    facts = {
        "name": "白关新社",
        "kind": OrganisationKind.COOPERATIVE,
        "place": reference["village"],
        "contact_name": "陈翀",
        "contact_phone": "138 0000 1234",
    }
    return OrganisationDetails(**{**facts, **changes})


def counts() -> tuple[int, int, int, int]:
    return tuple(model.objects.count() for model in (Organisation, Membership, User, Event))


def test_registering_makes_a_waiting_organisation_with_its_manager(reference):
    person = make_user("陈翀")

    made = register_organisation(details(reference, name=" 白关  新社 ", address="1 号"), by=person)

    made.refresh_from_db()
    assert (made.name, made.kind, made.verification, made.is_demo) == ("白关 新社", "cooperative", "waiting", False)
    assert (made.contact_phone, made.address) == ("+8613800001234", "1 号")
    assert list(made.memberships.values_list("user", "role")) == [(person.pk, "manager")]
    event = Event.objects.about(made).get()
    assert (event.verb, event.by, event.to_state) == ("registered", person, "waiting")


def test_registering_the_same_again_returns_the_first_and_changes_nothing(reference):
    person = make_user()
    first = register_organisation(details(reference), by=person)
    before = counts()

    again = register_organisation(details(reference), by=person)

    assert again == first
    assert counts() == before


@pytest.mark.parametrize("kind", sorted(set(OrganisationKind) - REGISTRABLE))
def test_what_only_the_bureau_registers_is_refused(reference, kind):
    person = make_user()
    before = counts()

    with pytest.raises(NotRegistrable) as refusal:
        register_organisation(details(reference, kind=kind), by=person)

    assert str(refusal.value) == f"“{OrganisationKind(kind).label}”由主管部门登记，请拨打热线"
    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"kind": "bank"}, NotRegistrable, "kind"),
        ({"contact_phone": "0731-28880000"}, PhoneUnfit, "phone"),
        ({"contact_phone": ""}, PhoneUnfit, "phone"),
        ({"name": ""}, UnfitText, "name"),
        ({"name": "  "}, UnfitText, "name"),
        ({"name": "长" * 81}, UnfitText, "name"),
        ({"contact_name": ""}, UnfitText, "contact_name"),
        ({"contact_name": "长" * 41}, UnfitText, "contact_name"),
        ({"address": "长" * 121}, UnfitText, "address"),
    ],
)
def test_unfit_details_are_refused_and_nothing_is_written(reference, changes, refusal, field):
    person = make_user()
    before = counts()

    with pytest.raises(refusal) as refused:
        register_organisation(details(reference, **changes), by=person)

    assert refused.value.field == field
    assert counts() == before


def test_growers_name_their_township_and_others_their_county(reference):
    person = make_user()
    for kind, place in (("household", "lusong"), ("cooperative", "city"), ("retailer", "city")):
        with pytest.raises(WorkplaceTooWide):
            register_organisation(details(reference, kind=kind, place=reference[place]), by=person)
    assert Organisation.objects.count() == 0

    assert register_organisation(details(reference, kind="retailer", place=reference["lusong"]), by=person).pk
    assert register_organisation(details(reference, kind="household", place=reference["baiguan"]), by=person).pk


def test_a_name_that_somebody_else_registered_at_the_place_is_refused(reference, cast):
    before = counts()

    with pytest.raises(AlreadyRegistered) as refusal:
        register_organisation(details(reference, name=cast.cooperative.name), by=cast.outsider)

    assert str(refusal.value) == ("白关村已经登记过“白关丝瓜合作社”；是您的单位请让负责人把您加进去，不是请换个名称")
    assert counts() == before


def test_a_sixth_waiting_organisation_of_one_person_is_refused(reference):
    person = make_user()
    for n in range(MAX_WAITING):
        register_organisation(details(reference, name=f"家 {n}"), by=person)

    with pytest.raises(TooManyWaiting) as refusal:
        register_organisation(details(reference, name="家 6"), by=person)

    assert str(refusal.value) == "您有 5 个单位还在等核实，请等核实以后再登记"
    assert Organisation.objects.count() == MAX_WAITING


DECISIONS = {
    VerificationState.VERIFIED: lambda one, by: verify_organisation(one, by=by),
    VerificationState.REFUSED: lambda one, by: refuse_organisation(one, reason="缺执照", by=by),
    VerificationState.SUSPENDED: lambda one, by: suspend_organisation(one, reason="被投诉", by=by),
}


@pytest.mark.parametrize("before", VerificationState)
@pytest.mark.parametrize("after", VerificationState)
def test_every_pair_of_verification_states(cast, reference, before, after):
    organisation = make_organisation("某社", OrganisationKind.COOPERATIVE, reference["village"], verification=before)
    if after == VerificationState.WAITING:
        assert not any(after in targets for targets in VERIFICATION_MOVES.values())
        return
    if after in VERIFICATION_MOVES[before]:
        decided = DECISIONS[after](organisation, cast.commerce_desk)
        organisation.refresh_from_db()
        event = Event.objects.about(organisation).get()
        assert decided.verification == organisation.verification == after
        assert (event.from_state, event.to_state, event.by) == (before, after, cast.commerce_desk)
        assert event.reason == organisation.verification_reason
    else:
        with pytest.raises(WrongState):
            DECISIONS[after](organisation, cast.commerce_desk)
        organisation.refresh_from_db()
        assert organisation.verification == before
        assert not Event.objects.about(organisation).exists()


@pytest.mark.parametrize("after", DECISIONS)
@pytest.mark.parametrize("who", ["farmer", "cooperative_manager", "dispatcher", "agriculture_desk", "outsider"])
def test_only_the_commerce_desk_decides(cast, reference, after, who):
    before = next(state for state, targets in VERIFICATION_MOVES.items() if after in targets)
    organisation = make_organisation("某社", OrganisationKind.COOPERATIVE, reference["village"], verification=before)

    with pytest.raises(NotAllowed):
        DECISIONS[after](organisation, getattr(cast, who))

    organisation.refresh_from_db()
    assert organisation.verification == before


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_a_refusal_needs_a_reason_its_reader_can_use(cast, reference, reason):
    waiting = make_organisation(
        "某社", OrganisationKind.COOPERATIVE, reference["village"], verification=VerificationState.WAITING
    )

    with pytest.raises(ReasonNeeded) as refusal:
        refuse_organisation(waiting, reason=reason, by=cast.commerce_desk)
    with pytest.raises(ReasonNeeded):
        suspend_organisation(cast.cooperative, reason=reason, by=cast.commerce_desk)

    waiting.refresh_from_db()
    cast.cooperative.refresh_from_db()
    assert str(refusal.value) == "请写明原因，对方要看；最多 200 个字"
    assert (waiting.verification, cast.cooperative.verification) == ("waiting", "verified")


def test_verifying_again_forgets_the_old_reason_but_the_history_keeps_it(cast):
    suspend_organisation(cast.cooperative, reason="被投诉", by=cast.commerce_desk)

    verify_organisation(cast.cooperative, by=cast.commerce_desk)

    cast.cooperative.refresh_from_db()
    assert cast.cooperative.verification_reason == ""
    assert [event.reason for event in Event.objects.about(cast.cooperative)] == ["被投诉", ""]


def test_a_manager_adds_somebody_new_who_gets_an_account(cast):
    added = add_member(cast.household, phone="138 0000 5678", role=Role.HELPER, name=" 张  村长 ", by=cast.farmer)

    person = User.objects.get(phone="+8613800005678")
    assert (added.user, added.role) == (person, "helper")
    assert (person.name, person.phone_verified, person.has_usable_password()) == ("张 村长", False, False)
    event = Event.objects.about(cast.household).get()
    assert (event.verb, event.by, event.to_state, event.reason) == ("member_added", cast.farmer, "helper", "张 村长")


def test_a_known_person_is_added_without_being_changed(cast):
    add_member(cast.household, phone=cast.outsider.phone, role=Role.CLERK, name="路人", by=cast.farmer)

    assert set(cast.outsider.memberships.values_list("organisation", "role")) == {(cast.household.pk, "clerk")}
    cast.outsider.refresh_from_db()
    assert cast.outsider.name == "路人"


def test_a_number_under_another_name_adds_nobody_and_tells_no_name(cast):
    before = counts()

    with pytest.raises(OtherPersonsNumber) as refusal:
        add_member(cast.household, phone=cast.rival_farmer.phone, role=Role.HELPER, name="刘满", by=cast.farmer)

    assert "李满仓" not in str(refusal.value)
    assert counts() == before


@pytest.mark.parametrize("kind", OrganisationKind)
@pytest.mark.parametrize("role", Role)
def test_each_role_is_given_only_where_it_belongs(reference, kind, role):
    manager = make_user("负责人")
    organisation = make_organisation("某单位", kind, reference["tianyuan"], (manager, Role.MANAGER))
    if role in grantable_roles(kind):
        assert add_member(organisation, phone="13800005678", role=role, name="新人", by=manager).role == role
        return
    before = counts()
    with pytest.raises(RoleNotGiven):
        add_member(organisation, phone="13800005678", role=role, name="新人", by=manager)
    assert counts() == before


def test_managing_is_given_by_no_form():
    assert not any(Role.MANAGER in grantable_roles(kind) for kind in OrganisationKind)


def test_a_role_that_does_not_exist_is_refused(cast):
    with pytest.raises(RoleNotGiven) as refusal:
        add_member(cast.household, phone="13800005678", role="emperor", name="新人", by=cast.farmer)

    assert str(refusal.value) == "农户里不能添加“emperor”，请选别的角色"


@pytest.mark.parametrize("who", ["helper", "rival_farmer", "outsider", "commerce_desk", "admin"])
def test_only_the_manager_adds_and_removes(cast, who):
    before = counts()
    helping = cast.household.memberships.get(role=Role.MANAGER)

    with pytest.raises(NotAllowed):
        add_member(cast.household, phone="13800005678", role=Role.HELPER, name="新人", by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        remove_member(cast.household, membership_id=helping.pk, by=getattr(cast, who))

    assert counts() == before


@pytest.mark.parametrize(
    ("phone", "name", "refusal"),
    [
        ("0731-28880000", "新人", PhoneUnfit),
        ("", "新人", PhoneUnfit),
        ("13800005678", "", NameNeeded),
        ("13800005678", "长" * 41, NameNeeded),
    ],
)
def test_an_unfit_number_or_name_adds_nobody(cast, phone, name, refusal):
    before = counts()

    with pytest.raises(refusal):
        add_member(cast.household, phone=phone, role=Role.HELPER, name=name, by=cast.farmer)

    assert counts() == before


def test_the_same_role_twice_and_a_manager_as_helper_are_refused(cast):
    before = counts()

    with pytest.raises(AlreadyMember) as twice:
        add_member(cast.household, phone=cast.helper.phone, role=Role.HELPER, name="刘支书", by=cast.farmer)
    with pytest.raises(AlreadyMember) as manager:
        add_member(cast.household, phone=cast.farmer.phone, role=Role.HELPER, name="王建国", by=cast.farmer)

    assert str(twice.value) == "刘支书已经是这个单位的代办人"
    assert str(manager.value) == "王建国已经是这个单位的负责人"
    assert counts() == before


def test_the_number_of_members_has_an_end(cast):
    have = cast.household.memberships.count()
    Membership.objects.bulk_create(
        Membership(user=make_user(), organisation=cast.household, role=Role.CLERK) for _n in range(MAX_MEMBERS - have)
    )

    with pytest.raises(TooManyMembers):
        add_member(cast.household, phone="13800005678", role=Role.HELPER, name="新人", by=cast.farmer)

    assert not User.objects.filter(phone="+8613800005678").exists()


def test_removing_a_helper_once_and_again(cast):
    helping = cast.household.memberships.get(user=cast.helper)

    first = remove_member(cast.household, membership_id=helping.pk, by=cast.farmer)
    again = remove_member(cast.household, membership_id=helping.pk, by=cast.farmer)

    assert (first, again) == (True, False)
    assert not cast.helper.memberships.exists()
    assert [event.verb for event in Event.objects.about(cast.household)] == ["member_removed"]


def test_a_helper_may_leave(cast):
    helping = cast.household.memberships.get(user=cast.helper)

    assert remove_member(cast.household, membership_id=helping.pk, by=cast.helper) is True
    assert Event.objects.about(cast.household).get().by == cast.helper


def test_the_last_manager_stays_and_the_second_may_go(cast):
    managing = cast.household.memberships.get(role=Role.MANAGER)
    with pytest.raises(LastManager):
        remove_member(cast.household, membership_id=managing.pk, by=cast.farmer)
    assert cast.household.memberships.filter(role=Role.MANAGER).count() == 1

    Membership.objects.create(user=cast.outsider, organisation=cast.household, role=Role.MANAGER)
    assert remove_member(cast.household, membership_id=managing.pk, by=cast.farmer) is True


def test_a_membership_of_another_organisation_is_not_removed(cast):
    other = cast.rival_household.memberships.get()

    assert remove_member(cast.household, membership_id=other.pk, by=cast.farmer) is False
    assert Membership.objects.filter(pk=other.pk).exists()
