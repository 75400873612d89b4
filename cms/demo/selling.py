"""The market's scenes: growers hand in, the desks decide, buyers pledge."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

from cms.demo.company import Company
from cms.demo.demand import EVE, MORNING, Wish
from cms.demo.goods import AGRICULTURE, ASKED, CHANGES, HOUSEHOLDS, OFFERS, WAITING, Offer
from cms.demo.pictures import LOOKS, VARIANTS, draw_produce
from market.actions.listings import ListingTerms, submit_listing
from market.actions.photos import store_photo
from market.models import Listing, Lot, Organisation, Place, Produce, User
from market.quantities import Pack, Quantity
from orders.actions.pledges import place_pledge
from orders.models import Pledge


def list_goods(company: Company) -> list[Listing]:
    """Everything of the day is published, and three listings lie where the desks can practise."""
    company.clock.at(-1, 6)
    listings = [_hand_in(company, offer) for offer in (*OFFERS, *_from_households(company))]
    company.clock.at(-1, 8, 30)
    for listing in listings:
        _decide(company, listing, "agriculture", "approve")
    company.clock.at(-1, 9, 30)
    for listing in listings:
        _decide(company, listing, "commerce", "approve")
    company.clock.at(-1, 10, 30)
    return [*listings, *(_leave_waiting(company, offer) for offer in WAITING)]


def pledge_on_the_eve(company: Company) -> list[Pledge]:
    company.clock.at(-1, 15)
    return [_pledge(company, wish) for wish in EVE]


def pledge_in_the_morning(company: Company) -> list[Pledge]:
    return [_pledge(company, wish) for wish in MORNING]


def _from_households(company: Company) -> list[Offer]:
    """The seed moves each household's harvest by up to a tenth."""
    offers = []
    for village, produce, jin, price, grade, days in HOUSEHOLDS:
        seller = Place.objects.get(code=village).name_zh
        amount = round(jin * company.rng.uniform(0.9, 1.1) / 10) * 10
        variety = "白关丝瓜" if produce == "sigua" else ""
        offers.append(Offer(seller, produce, f"{amount}斤", price, grade, variety, days=days))
    return offers


def _hand_in(company: Company, offer: Offer) -> Listing:
    seller = company.parties[offer.seller]
    by = company.person("helper") if offer.helper else company.manager_of(offer.seller)
    photos = [
        store_photo(BytesIO(draw_produce(offer.produce, company.rng.randrange(VARIANTS))), by=by)
        for _n in range(offer.photos if offer.produce in LOOKS else 0)
    ]
    return submit_listing(_terms(company, offer, seller), photos, seller=seller, key=company.key(), by=by)


def _terms(company: Company, offer: Offer, seller: Organisation) -> ListingTerms:
    word, _space, weight = offer.pack.partition(" ")
    return ListingTerms(
        produce=Produce.objects.get(slug=offer.produce),
        place=seller.place,
        quantity=Quantity.parse(offer.quantity),
        first_day=company.clock.day,
        last_day=company.clock.day + dt.timedelta(days=offer.days - 1),
        contact_name=seller.contact_name,
        contact_phone=seller.contact_phone,
        variety=offer.variety,
        grade=offer.grade,
        price=Decimal(offer.price) if offer.price else None,
        price_unit=offer.unit,
        minimum=Quantity.parse(offer.minimum) if offer.minimum else None,
        pack=Pack(word, Quantity.parse(weight).grams) if word else None,
        note=offer.note,
        has_certificate=offer.certificate,
    )


def _leave_waiting(company: Company, offer: Offer) -> Listing:
    listing = _hand_in(company, offer)
    if offer.stop == CHANGES:
        _decide(company, listing, "agriculture", "reject", ASKED)
    elif offer.stop != AGRICULTURE:
        _decide(company, listing, "agriculture", "approve")
    return listing


def _decide(company: Company, listing: Listing, desk: str, action: str, comment: str = "") -> None:
    """As the buttons of the desk do: through the task of Wagtail's workflow."""
    by: User = company.person(desk)
    waiting = Listing.objects.get(pk=listing.pk).current_workflow_task_state
    waiting.task.specific.on_action(waiting, by, action, comment=comment)


def _pledge(company: Company, wish: Wish) -> Pledge:
    day = company.clock.day + dt.timedelta(days=wish.days)
    seller = company.parties[wish.seller]
    lot = Lot.objects.select_related("listing").get(seller=seller, produce__slug=wish.produce, day=day)
    lines = [(name, Quantity.parse(text)) for name, text in wish.stalls]
    total = sum(part.grams for _name, part in lines)
    return place_pledge(
        buyer=company.parties[wish.buyer],
        lot_id=lot.pk,
        most=Quantity.parse(wish.most) if wish.most else None,
        quantity=Quantity.parse(wish.quantity) if wish.quantity else Quantity.parse(f"{total // 500}斤"),
        dock=company.docks[wish.buyer][wish.dock],
        window_from=dt.time(wish.window[0]),
        window_to=dt.time(wish.window[1]),
        key=company.key(),
        by=company.manager_of(wish.buyer),
        reference=wish.reference,
        lines=lines,
        lot=lot,
    )
