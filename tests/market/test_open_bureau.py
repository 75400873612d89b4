"""A real installation begins with its bureau: the action, and what it refuses."""

import pytest

from market.actions.organisations import open_bureau
from market.exceptions import AlreadyRegistered, NameNeeded, NotAllowed, OtherPersonsNumber, PhoneUnfit, UnfitText
from market.models import Event, Membership, Organisation, User
from market.models.events import subject_of
from tests.factories import make_user

PHONE = "139 1234 0000"


def counts() -> tuple[int, int, int, int]:
    return tuple(model.objects.count() for model in (Organisation, Membership, User, Event))


def test_a_bureau_is_verified_at_once_and_its_person_manages_and_dispatches(reference):
    made = open_bureau(" 市  商粮局", reference["tianyuan"], phone=PHONE, person="周调度")

    made = Organisation.objects.get(pk=made.pk)
    assert (made.name, made.kind, made.verification, made.is_demo) == ("市 商粮局", "bureau", "verified", False)
    assert (made.contact_name, made.contact_phone) == ("周调度", "+8613912340000")
    person = User.objects.get(phone="+8613912340000")
    assert sorted(made.memberships.filter(user=person).values_list("role", flat=True)) == ["dispatcher", "manager"]
    events = Event.objects.filter(subject_id=made.pk, subject=subject_of(made)).order_by("pk")
    assert [(event.verb, event.to_state, event.by) for event in events] == [
        ("registered", "waiting", None),
        ("verified", "verified", None),
    ]


def test_opening_the_same_bureau_again_changes_nothing(reference):
    first = open_bureau("市商粮局", reference["tianyuan"], phone=PHONE, person="周调度")
    before = counts()

    assert open_bureau("市商粮局", reference["tianyuan"], phone=PHONE, person="周调度") == first
    assert counts() == before


def test_an_administrator_may_open_a_bureau_and_is_named_in_its_history(cast, reference):
    made = open_bureau("县农业农村局", reference["tianyuan"], phone=PHONE, person="周调度", by=cast.admin)

    assert {event.by for event in Event.objects.filter(subject_id=made.pk, subject=subject_of(made))} == {cast.admin}


@pytest.mark.parametrize("who", ["farmer", "dispatcher", "commerce_desk", "outsider"])
def test_nobody_else_opens_a_bureau(cast, reference, who):
    before = counts()

    with pytest.raises(NotAllowed):
        open_bureau("假商粮局", reference["tianyuan"], phone=PHONE, person="周调度", by=getattr(cast, who))

    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"phone": "12"}, PhoneUnfit),
        ({"person": " "}, NameNeeded),
        ({"name": ""}, UnfitText),
        ({"name": "局" * 81}, UnfitText),
        ({"name": "市商粮局"}, AlreadyRegistered),  # the cast's own, with another manager
    ],
)
def test_unfit_facts_are_refused_and_nothing_is_written(cast, reference, changes, refusal):
    facts = {"name": "区商粮局", "phone": PHONE, "person": "周调度", **changes}
    before = counts()

    with pytest.raises(refusal):
        open_bureau(facts.pop("name"), reference["tianyuan"], **facts)

    assert counts() == before


def test_a_number_known_under_another_name_is_refused(reference):
    known = make_user("别人")

    with pytest.raises(OtherPersonsNumber):
        open_bureau("区商粮局", reference["tianyuan"], phone=known.phone, person="周调度")

    assert not Organisation.objects.filter(name="区商粮局").exists()
