"""A pass from the application to its end: who may do what, every pair of states, numbers, what a repeat does."""

import datetime as dt

import pytest
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Notice, Place
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.pass_applications import (
    apply_for_pass,
    lapse_applications,
    refuse_pass,
    vet_pass,
    withdraw_application,
)
from orders.logistics.actions.passes import expire_passes, grant_pass, restore_pass, revoke_pass, suspend_pass
from orders.logistics.enums import PASS_MOVES, PassState
from orders.logistics.models import IssuerOffice, Pass
from tests.cast import PEOPLE
from tests.factories.logistics import make_pass
from tests.factories.passes import application, apply, issue, make_office


@pytest.fixture
def truck(day):
    make_office(day.cast)
    return day.truck()


def at_state(day, truck, state):
    """An application brought into the state by hand, with a number where the state needs one."""
    one = apply(day.cast, truck)
    Pass.objects.filter(pk=one.pk).update(state=state, number="430200000900")
    return Pass.objects.get(pk=one.pk)


def test_a_carrier_applies_the_issuer_vets_and_issues_and_both_are_told(day, truck):
    applied = apply(day.cast, truck)
    assert (applied.state, applied.number, applied.applied_by) == (PassState.APPLIED, "", day.cast.haulier)
    assert Notice.objects.get(recipient=day.cast.police).text == "%(plate)s 申请通行证，请初审"

    vetted = vet_pass(applied, by=day.cast.issuer)
    issued = grant_pass(vetted, by=day.cast.issuer)

    area = day.cast.police.place.code[:6]
    assert (vetted.state, issued.state, issued.number) == (PassState.VETTED, PassState.ISSUED, f"{area}000001")
    assert [e.verb for e in Event.objects.about(issued).order_by("pk")] == ["applied", "vetted", "issued"]
    told = Notice.objects.get(recipient=day.cast.carrier)
    assert (told.text, told.facts["number"]) == ("%(plate)s 的通行证已签发，号码 %(number)s", issued.number)


def test_numbers_count_on_and_step_over_those_of_paper(day, truck):
    area = day.cast.police.place.code[:6]
    make_pass(truck, day.day, by=day.cast.dispatcher, number=f"{area}000002")
    make_pass(truck, day.day, by=day.cast.dispatcher, number=f"{area}999999")
    make_pass(truck, day.day, by=day.cast.dispatcher, number=f"{area}000001", issuer="ndrc")

    assert [issue(day.cast, truck).number[6:] for _ in range(3)] == ["000001", "000003", "000004"]


def test_the_same_form_again_makes_one_application_and_other_contents_are_refused(day, truck):
    facts = application(truck.base)
    first = apply_for_pass(truck, by=day.cast.haulier, **facts)

    assert apply_for_pass(truck, by=day.cast.haulier, **facts).pk == first.pk
    with pytest.raises(pass_refusals.PassKeyUsedOtherwise):
        apply_for_pass(truck, by=day.cast.haulier, **{**facts, "purpose": "运送辣椒"})
    assert (Pass.objects.count(), Event.objects.about(first).count()) == (1, 1)
    assert Notice.objects.filter(recipient=day.cast.police).count() == 1


NOW = timezone.now()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"issuer": "ndrc"}, pass_refusals.NoSuchOffice),
        ({"purpose": "  "}, pass_refusals.PurposeNeeded),
        ({"purpose": "菜" * 101}, pass_refusals.PurposeNeeded),
        ({"valid_to": NOW, "valid_from": NOW}, pass_refusals.PassTimesCrossed),
        ({"valid_from": NOW - dt.timedelta(days=3), "valid_to": NOW}, pass_refusals.PassAlreadyOver),
        ({"valid_from": NOW, "valid_to": NOW + dt.timedelta(days=32)}, pass_refusals.PassTooLong),
    ],
)
def test_an_unfit_application_is_refused(day, truck, change, refusal):
    with pytest.raises(refusal):
        apply_for_pass(truck, by=day.cast.haulier, **{**application(truck.base), **change})
    assert Pass.objects.count() == 0


def test_a_route_is_between_counties(day, truck, reference):
    facts = application(truck.base)
    with pytest.raises(pass_refusals.NotCountyLevel):
        apply_for_pass(truck, by=day.cast.haulier, **{**facts, "to_place": reference["village"]})
    city = Place.objects.get(level="city")
    made = apply_for_pass(truck, by=day.cast.haulier, **{**facts, "from_place": city, "to_place": city})
    assert made.from_place == city


def test_a_new_pass_supersedes_the_one_it_replaces(day, truck):
    old = issue(day.cast, truck)
    new = apply(day.cast, truck, replaces=old)
    with pytest.raises(pass_refusals.AlreadyReplaced):
        apply(day.cast, truck, replaces=old)

    new = grant_pass(vet_pass(new, by=day.cast.issuer), by=day.cast.issuer)

    old.refresh_from_db()
    assert (old.state, new.state, new.replaces_id) == (PassState.SUPERSEDED, PassState.ISSUED, old.pk)
    assert Event.objects.about(old).latest("pk").reason == new.number


def test_a_pass_renewed_ahead_of_time_counts_until_the_new_one_begins(day, truck):
    now = timezone.now()
    old = issue(day.cast, truck, valid_from=now - dt.timedelta(days=1), valid_to=now + dt.timedelta(days=5))
    ahead = {"valid_from": old.valid_to, "valid_to": old.valid_to + dt.timedelta(days=7)}
    new = issue(day.cast, truck, replaces=old, **ahead)

    old.refresh_from_db()
    assert (old.state, new.state, expire_passes()) == (PassState.ISSUED, PassState.ISSUED, 0)

    assert (expire_passes(new.valid_from), expire_passes(new.valid_from)) == (1, 0)
    old.refresh_from_db()
    assert old.state == PassState.SUPERSEDED
    assert Event.objects.about(old).latest("pk").reason == new.number


@pytest.mark.parametrize("end", ["withdraw", "refuse"])
def test_a_refused_renewal_leaves_the_old_pass_free_for_another(day, truck, end):
    old = issue(day.cast, truck)
    new = apply(day.cast, truck, replaces=old)
    if end == "withdraw":
        withdraw_application(new, by=day.cast.haulier)
    else:
        refuse_pass(new, reason="路线不符", by=day.cast.issuer)

    assert apply(day.cast, truck, replaces=old).replaces_id == old.pk
    old.refresh_from_db()
    assert old.state == PassState.ISSUED


def test_only_a_living_pass_of_the_truck_and_issuer_is_replaced(day, truck):
    other, revoked = issue(day.cast, day.truck()), issue(day.cast, truck)
    revoke_pass(revoked, reason="伪造", by=day.cast.issuer)
    for wrong in (other, revoked, make_pass(truck, day.day, by=day.cast.dispatcher, issuer="ndrc")):
        with pytest.raises(pass_refusals.NothingToReplace):
            apply(day.cast, truck, replaces=wrong)
    assert Pass.objects.exclude(key=None).count() == 2


def test_a_pass_that_ended_meanwhile_is_not_superseded_and_nothing_is_issued(day, truck):
    old = issue(day.cast, truck)
    new = vet_pass(apply(day.cast, truck, replaces=old), by=day.cast.issuer)
    revoke_pass(old, reason="伪造", by=day.cast.issuer)

    with pytest.raises(pass_refusals.NothingToReplace):
        grant_pass(new, by=day.cast.issuer)

    new.refresh_from_db()
    assert (new.state, new.number) == (PassState.VETTED, "")


def test_what_is_over_is_not_issued(day, truck):
    one = vet_pass(apply(day.cast, truck), by=day.cast.issuer)
    with pytest.raises(pass_refusals.PassAlreadyOver):
        grant_pass(one, by=day.cast.issuer, at=one.valid_to)
    one.refresh_from_db()
    assert one.state == PassState.VETTED


def test_the_clock_expires_passes_and_withdraws_forgotten_applications_once(day, truck):
    issued, waiting, held = issue(day.cast, truck), apply(day.cast, truck), issue(day.cast, truck)
    suspend_pass(held, reason="超载", by=day.cast.issuer)
    before = issued.valid_to - dt.timedelta(seconds=1)
    assert (expire_passes(before), lapse_applications(before)) == (0, 0)
    late = max(issued.valid_to, waiting.valid_to, held.valid_to)

    assert (expire_passes(late), lapse_applications(late)) == (2, 1)
    assert (expire_passes(late), lapse_applications(late)) == (0, 0)

    states = [Pass.objects.get(pk=one.pk).state for one in (issued, waiting, held)]
    assert states == [PassState.EXPIRED, PassState.WITHDRAWN, PassState.EXPIRED]
    assert {e.by_id for e in Event.objects.filter(verb__in=["expired", "lapsed"])} == {None}


def test_refusing_and_stopping_need_a_reason(day, truck):
    waiting, issued = apply(day.cast, truck), issue(day.cast, truck)
    for turn, one in ((refuse_pass, waiting), (suspend_pass, issued), (revoke_pass, issued)):
        with pytest.raises(refusals.ReasonNeeded):
            turn(one, reason="  ", by=day.cast.issuer)
    assert {Pass.objects.get(pk=one.pk).state for one in (waiting, issued)} == {"applied", "issued"}


MOVERS = {
    PassState.VETTED: lambda p, cast: vet_pass(p, by=cast.issuer),
    PassState.REFUSED: lambda p, cast: refuse_pass(p, reason="路线不符", by=cast.issuer),
    PassState.WITHDRAWN: lambda p, cast: withdraw_application(p, by=cast.haulier),
    PassState.SUSPENDED: lambda p, cast: suspend_pass(p, reason="超载", by=cast.issuer),
    PassState.REVOKED: lambda p, cast: revoke_pass(p, reason="伪造", by=cast.issuer),
    PassState.ISSUED: lambda p, cast: (restore_pass if p.state == "suspended" else grant_pass)(p, by=cast.issuer),
    PassState.SUPERSEDED: lambda p, cast: _superseded(p, cast),
    PassState.EXPIRED: lambda p, cast: _expired(p),
}


def _superseded(one, cast):
    new = vet_pass(apply(cast, one.truck), by=cast.issuer)
    Pass.objects.filter(pk=new.pk).update(replaces=one)
    new.refresh_from_db()
    try:
        grant_pass(new, by=cast.issuer)
    except pass_refusals.NothingToReplace:
        raise WrongState(state=one.get_state_display()) from None
    return Pass.objects.get(pk=one.pk)


def _expired(one):
    expire_passes(one.valid_to)
    after = Pass.objects.get(pk=one.pk)
    if after.state == one.state:
        raise WrongState(state=one.get_state_display())
    return after


@pytest.mark.parametrize("old", list(PassState))
@pytest.mark.parametrize("new", [state for state in PassState if state in MOVERS])
def test_every_pair_of_pass_states(day, truck, old, new):
    one = at_state(day, truck, old)
    events = Event.objects.about(one).count()

    if new in PASS_MOVES[old]:
        assert MOVERS[new](one, day.cast).state == new
        last = Event.objects.about(one).latest("pk")
        assert (last.from_state, last.to_state) == (old, new)
    else:
        with pytest.raises(WrongState):
            MOVERS[new](one, day.cast)
        one.refresh_from_db()
        assert (one.state, Event.objects.about(one).count()) == (old, events)


def test_there_is_a_way_into_every_state_but_the_first():
    assert set(MOVERS) == set(PassState) - {PassState.APPLIED}


@pytest.mark.parametrize("state", [PassState.SUSPENDED, PassState.VETTED])
def test_issuing_and_restoring_are_not_each_other(day, truck, state):
    one = at_state(day, truck, state)
    wrong = grant_pass if state == PassState.SUSPENDED else restore_pass
    with pytest.raises(WrongState):
        wrong(one, by=day.cast.issuer)


@pytest.mark.parametrize(
    ("may", "state", "turn"),
    [
        ({"issuer"}, PassState.APPLIED, vet_pass),
        ({"issuer"}, PassState.VETTED, grant_pass),
        ({"issuer"}, PassState.APPLIED, lambda p, by: refuse_pass(p, reason="不符", by=by)),
        ({"haulier", "dispatcher"}, PassState.APPLIED, withdraw_application),
        ({"issuer", "dispatcher"}, PassState.ISSUED, lambda p, by: suspend_pass(p, reason="超载", by=by)),
        ({"issuer", "dispatcher"}, PassState.ISSUED, lambda p, by: revoke_pass(p, reason="超载", by=by)),
        ({"issuer", "dispatcher"}, PassState.SUSPENDED, restore_pass),
    ],
)
def test_who_may_decide(day, truck, may, state, turn):
    for person in PEOPLE:
        one = at_state(day, truck, state)
        if person in may:
            turn(one, by=getattr(day.cast, person))
        else:
            with pytest.raises(NotAllowed):
                turn(one, by=getattr(day.cast, person))
        Pass.objects.filter(pk=one.pk).delete()


def test_who_may_apply(day, truck):
    for person in PEOPLE:
        facts = application(truck.base)
        if person in {"haulier", "dispatcher"}:
            apply_for_pass(truck, by=getattr(day.cast, person), **facts)
        else:
            with pytest.raises(NotAllowed):
                apply_for_pass(truck, by=getattr(day.cast, person), **facts)
    assert Pass.objects.count() == 2


def test_an_issuer_of_another_office_decides_nothing(day, truck):
    one = apply(day.cast, truck)
    IssuerOffice.objects.update(issuer="transport")
    with pytest.raises(NotAllowed):
        vet_pass(one, by=day.cast.issuer)
