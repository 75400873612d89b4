"""Every address of the site and who may open it. `test_cast_walk.py` walks it with the whole cast.

A screen that is not in this table fails the walk.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = frozenset({"*"})


@dataclass(frozen=True)
class Screen:
    """`who` gets 200 on GET; everybody else of the cast gets `others`; the anonymous reader gets `anonymous`.

    `args` is a function of the `World` of the walk that returns the URL arguments. `method` "post" screens are asked by GET
    and must answer 405 to everybody who may use them; their effects are tested beside their actions.
    """

    name: str
    who: frozenset[str]
    args: Callable[[Any], tuple] = lambda _world: ()
    others: int = 404
    anonymous: int = 302
    method: str = "get"
    but: Mapping[str, int] = field(default_factory=dict)  # roles of the others that get something else


SELLERS = frozenset({"farmer", "rival_farmer", "cooperative_manager", "helper"})
OF_THE_HOUSEHOLD = frozenset({"farmer", "helper"})

SELLING = [
    Screen("market:sell", EVERYBODY),
    Screen("market:sell_new", SELLERS, others=302),
    Screen("market:upload_photo", EVERYBODY, method="post"),
    Screen("market:sell_produce", EVERYBODY),
    Screen("market:sell_villages", EVERYBODY),
    Screen("market:sell_reading", EVERYBODY),
    Screen("market:listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
    Screen("market:edit_listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
    Screen("market:withdraw_day", OF_THE_HOUSEHOLD, lambda world: (world.lot.pk,)),
    Screen("market:withdraw_listing", OF_THE_HOUSEHOLD, lambda world: (world.listing.pk,)),
]

BUYERS = frozenset({"buyer", "rival_buyer", "association_clerk"})
OF_THE_SUPERMARKET = frozenset({"buyer"})  # world.pledge and world.dock are the supermarket's
BOTH_SIDES = OF_THE_SUPERMARKET | OF_THE_HOUSEHOLD | {"commerce_desk", "admin"}
OF_THE_ASSOCIATION = frozenset({"association_clerk"})  # world.sheet is a pledge with lines of the association's
BRINGS = OF_THE_HOUSEHOLD | {"commerce_desk", "admin"}  # who answers for the seller of world.pledge

OWN_STANDING = frozenset({"buyer", "commerce_desk", "admin"})  # world.standing is the supermarket's
SIDES_OF_STANDING = OWN_STANDING | OF_THE_HOUSEHOLD

PLEDGING = [
    Screen("orders:pledges", EVERYBODY),
    Screen("orders:pledge", BOTH_SIDES, lambda world: (world.pledge.pk,)),
    Screen("orders:placed", OF_THE_SUPERMARKET, lambda world: (world.pledge.pk,)),
    Screen("orders:change", OF_THE_SUPERMARKET, lambda world: (world.pledge.pk,)),
    Screen("orders:change_sheet", OF_THE_ASSOCIATION, lambda world: (world.sheet.pk,)),
    Screen("orders:cancel", OF_THE_SUPERMARKET, lambda world: (world.pledge.pk,)),
    Screen("orders:place", BUYERS, lambda world: (world.lot.pk,)),
    Screen("orders:reading", BUYERS, lambda world: (world.lot.pk,)),
    Screen("orders:sheet", OF_THE_ASSOCIATION, lambda world: (world.lot.pk,)),
    Screen("orders:to_bring", EVERYBODY),
    Screen("orders:to_bring_for", BRINGS, lambda world: (world.cast.household.pk,)),
    Screen("orders:cut", BRINGS, lambda world: (world.pledge.pk,)),
    Screen("orders:cancel_by_seller", BRINGS, lambda world: (world.pledge.pk,)),
    Screen("orders:standing", BUYERS | SELLERS | {"commerce_desk", "admin"}),
    Screen("orders:standing_new", BUYERS, lambda world: (world.lot.pk,)),
    Screen("orders:standing_pledge", SIDES_OF_STANDING, lambda world: (world.standing.pk,)),
    Screen("orders:standing_change", OWN_STANDING, lambda world: (world.standing.pk,)),
    Screen("orders:standing_turn", EVERYBODY, lambda world: (world.standing.pk,), method="post"),
    Screen("orders:hold", OF_THE_ASSOCIATION, lambda world: (world.lot.pk,)),
    Screen("orders:holds", OF_THE_ASSOCIATION),
    Screen("orders:hold_confirm", OF_THE_ASSOCIATION, lambda world: (world.hold.pk,)),
    Screen("orders:hold_release", EVERYBODY, lambda world: (world.hold.pk,), method="post"),
    Screen("orders:relay", OF_THE_ASSOCIATION),
    Screen("orders:relay_lot", OF_THE_ASSOCIATION, lambda world: (world.lot.pk,)),
    Screen("orders:relay_reading", OF_THE_ASSOCIATION, lambda world: (world.reading.pk,)),
    Screen("orders:relay_row", OF_THE_ASSOCIATION, lambda world: (world.reading.pk, 0)),
    Screen("orders:relay_apply", EVERYBODY, lambda world: (world.reading.pk,), method="post"),
    Screen("orders:relay_reread", EVERYBODY, lambda world: (world.reading.pk,), method="post"),
    Screen("orders:stalls", OF_THE_ASSOCIATION),
    Screen("orders:stall", OF_THE_ASSOCIATION, lambda world: (world.stall.pk,)),
    Screen("orders:stall_alias", EVERYBODY, lambda world: (world.alias.pk,), method="post"),
    Screen("orders:docks", BUYERS),
    Screen("orders:dock_new", BUYERS),
    Screen("orders:townships", BUYERS),
    Screen("orders:dock", OF_THE_SUPERMARKET, lambda world: (world.dock.pk,)),
    Screen("orders:dock_use", EVERYBODY, lambda world: (world.dock.pk,), method="post"),
]

# world.demand is the supermarket's, world.offer the household's answer to it.
DESK_FOR_GROWERS = frozenset({"commerce_desk", "admin"})

TALKS = [
    Screen("orders:demands", EVERYBODY),
    Screen("orders:demand_new", BUYERS),
    Screen("orders:weight_reading", EVERYBODY),
    Screen("orders:demand", OF_THE_SUPERMARKET, lambda world: (world.demand.pk,)),
    Screen("orders:demand_change", OF_THE_SUPERMARKET, lambda world: (world.demand.pk,)),
    Screen("orders:demand_cancel", OF_THE_SUPERMARKET, lambda world: (world.demand.pk,)),
    Screen("orders:wanted", EVERYBODY, anonymous=200),
    Screen("orders:wanted_demand", EVERYBODY, lambda world: (world.demand.pk,), anonymous=200),
    Screen("orders:offer_to_demand", SELLERS | DESK_FOR_GROWERS, lambda world: (world.demand.pk,)),
    Screen("orders:offer_new", BUYERS, lambda world: (world.lot.pk,)),
    Screen("orders:offers", EVERYBODY),
    Screen(
        "orders:offer",
        OF_THE_SUPERMARKET | OF_THE_HOUSEHOLD | DESK_FOR_GROWERS,
        lambda world: (world.offer.pk,),
    ),
    Screen("orders:offer_counter", OF_THE_SUPERMARKET, lambda world: (world.offer.pk,)),
    Screen("orders:offer_instead", OF_THE_HOUSEHOLD | DESK_FOR_GROWERS, lambda world: (world.pledge.pk,)),
    Screen("orders:offer_accept", EVERYBODY, lambda world: (world.offer.pk,), method="post"),
    Screen("orders:offer_refuse", EVERYBODY, lambda world: (world.offer.pk,), method="post"),
    Screen("orders:offer_withdraw", EVERYBODY, lambda world: (world.offer.pk,), method="post"),
]

MANAGER_OF_THE_HOUSEHOLD = frozenset({"farmer"})
A_MEMBERSHIP = 1  # whichever: the method is refused before anybody looks

PEOPLE = [
    Screen("market:me", EVERYBODY),
    Screen("market:rename", EVERYBODY, method="post"),
    Screen("market:notices", EVERYBODY),
    Screen("market:notices_seen", EVERYBODY, method="post"),
    Screen("market:organisation_new", EVERYBODY),
    Screen("market:organisation", MANAGER_OF_THE_HOUSEHOLD, lambda world: (world.cast.household.pk,)),
    Screen("market:member_add", EVERYBODY, lambda world: (world.cast.household.pk,), method="post"),
    Screen("market:member_remove", EVERYBODY, lambda world: (world.cast.household.pk, A_MEMBERSHIP), method="post"),
    Screen("market:place_choice", EVERYBODY, anonymous=200),
]

BOARD = [
    Screen("market:board", EVERYBODY, anonymous=200),
    Screen("market:lot", EVERYBODY, lambda world: (world.lot.pk,), anonymous=200),
]

IMPORTS = [
    Screen("market:listing_import", SELLERS | {"commerce_desk", "admin"}),
    Screen("market:listing_import_template", SELLERS | {"commerce_desk", "admin"}),
    Screen("orders:pledge_import", BUYERS | {"commerce_desk", "admin"}),
    Screen("orders:pledge_import_template", BUYERS | {"commerce_desk", "admin"}),
    Screen("logistics:truck_import", frozenset({"dispatcher", "haulier"})),
    Screen("logistics:truck_import_template", frozenset({"dispatcher", "haulier"})),
]

DESK = frozenset({"dispatcher"})
FLEET = DESK | {"haulier"}  # world.truck is the haulier's, world.driver its driver
ON_THE_TRIP = FLEET | {"driver"}  # every driver sees the list, with the own trips only


def of_the_statement(world: Any) -> tuple:
    """Between the household and the supermarket."""
    return (world.cast.household.pk, world.cast.supermarket.pk)


LOGISTICS = [
    Screen("logistics:dispatch", DESK),
    Screen("logistics:board", DESK),
    Screen("logistics:board_place", DESK, lambda world: ("load", world.load.pk)),
    Screen("logistics:move_check", DESK, lambda world: ("load", world.load.pk, "pool")),
    Screen("logistics:trip_lock", EVERYBODY, lambda world: (world.trip.pk, "lock"), method="post"),
    Screen("logistics:plan", EVERYBODY, method="post"),
    Screen("logistics:run", DESK, lambda world: (world.run.pk,)),
    Screen("logistics:runs", DESK),
    Screen("logistics:replan", EVERYBODY, method="post"),
    Screen("logistics:replan_commit", EVERYBODY, lambda world: (world.run.pk,), method="post"),
    Screen("logistics:run_discard", EVERYBODY, lambda world: (world.run.pk,), method="post"),
    Screen("logistics:run_commit", EVERYBODY, lambda world: (world.run.pk,), method="post"),
    Screen("logistics:run_again", EVERYBODY, lambda world: (world.run.pk,), method="post"),
    Screen("logistics:areas", DESK | {"supervisor"}),
    Screen("logistics:area_new", DESK | {"supervisor"}),
    Screen("logistics:area", DESK | {"supervisor"}, lambda world: (world.area.pk,)),
    Screen("logistics:area_publish", EVERYBODY, lambda world: (world.area.pk,), method="post"),
    Screen("logistics:area_lift", EVERYBODY, lambda world: (world.area.pk,), method="post"),
    Screen("logistics:rules", DESK | {"supervisor"}),
    Screen("logistics:rules_end", EVERYBODY, lambda _world: (1,), method="post"),
    Screen("logistics:trips", ON_THE_TRIP | {"supervisor"}),
    Screen("logistics:trip_add", DESK),
    Screen("logistics:trip", FLEET | {"supervisor"}, lambda world: (world.trip.pk,)),
    Screen("logistics:trip_fill", DESK, lambda world: (world.trip.pk,)),
    Screen("logistics:manifest", FLEET | {"supervisor"}, lambda world: (world.trip.pk,)),
    Screen("logistics:paper_pack", FLEET | {"supervisor"}, lambda world: (world.trip.pk,)),
    Screen("logistics:papers", DESK),
    Screen("logistics:paper_back", DESK, lambda world: (world.paper.pk,)),
    Screen("logistics:trip_cancel", EVERYBODY, lambda world: (world.trip.pk,), method="post"),
    Screen("logistics:load_move", EVERYBODY, lambda world: (world.load.pk,), method="post"),
    Screen("logistics:load_unplan", EVERYBODY, lambda world: (world.load.pk,), method="post"),
    Screen("logistics:seal_put", EVERYBODY, lambda world: (world.trip.pk,), method="post"),
    Screen("logistics:seal_break", EVERYBODY, lambda world: (world.seal.pk,), method="post"),
    Screen("logistics:breakdown_new", DESK, lambda world: (world.trip.pk,)),
    Screen("logistics:breakdown", DESK, lambda world: (world.breakdown.pk,)),
    Screen("logistics:breakdown_rescue", EVERYBODY, lambda world: (world.breakdown.pk,), method="post"),
    Screen("logistics:breakdown_repaired", EVERYBODY, lambda world: (world.breakdown.pk,), method="post"),
    Screen("logistics:breakdown_close", EVERYBODY, lambda world: (world.breakdown.pk,), method="post"),
    Screen("logistics:load_relay", DESK, lambda world: (world.load.pk,)),
    Screen("logistics:load_take_on", DESK, lambda world: (world.taken.pk,)),
    Screen("logistics:next_trucks", DESK, lambda world: (world.load.allocation_id,)),
    Screen("logistics:next_truck_take", EVERYBODY, lambda world: (world.load.allocation_id,), method="post"),
    Screen("logistics:trucks", FLEET),
    Screen("logistics:truck_new", FLEET),
    Screen("logistics:truck", FLEET, lambda world: (world.truck.pk,)),
    Screen("logistics:truck_change", FLEET, lambda world: (world.truck.pk,)),
    Screen("logistics:truck_driver", EVERYBODY, lambda world: (world.truck.pk,), method="post"),
    Screen("logistics:pass_new", DESK, lambda world: (world.truck.pk,)),
    Screen("logistics:pass_change", EVERYBODY, lambda world: (world.green_pass.pk, "suspend"), method="post"),
    Screen("logistics:pass_apply", FLEET, lambda world: (world.truck.pk,)),
    Screen("logistics:pass_renew", FLEET, lambda world: (world.green_pass.pk,)),
    Screen("logistics:passes", DESK | {"issuer", "supervisor"}),
    Screen("logistics:pass_code", FLEET | {"issuer", "supervisor"}, lambda world: (world.pass_code.pk,)),
    Screen("logistics:code_change", EVERYBODY, lambda world: (world.pass_code.pk, "restore"), method="post"),
    Screen("logistics:code_check", DESK | {"issuer", "officer"}),
    Screen("logistics:specimen", DESK | {"issuer", "officer"}),
    Screen("logistics:keys", frozenset({"supervisor"})),
    Screen("logistics:key_withdraw", EVERYBODY, lambda world: (world.pass_code.signer_id,), method="post"),
    Screen("logistics:bundle", DESK | {"officer"}),
    Screen("logistics:green_pass", FLEET | {"issuer", "supervisor"}, lambda world: (world.green_pass.pk,)),
    Screen("logistics:driver_new", FLEET),
    Screen("logistics:driver", FLEET, lambda world: (world.driver.pk,)),
    Screen("logistics:driver_change", EVERYBODY, lambda world: (world.driver.pk,), method="post"),
    Screen("logistics:driver_health", DESK, lambda world: (world.driver.pk,)),
    Screen("logistics:driver_health_look", EVERYBODY, lambda world: (world.driver.pk,), method="post"),
    Screen("logistics:day_clear", EVERYBODY, method="post"),
    Screen("logistics:trip_clear", EVERYBODY, lambda world: (world.trip.pk,), method="post"),
    Screen("logistics:trip_unclear", EVERYBODY, lambda world: (world.trip.pk,), method="post"),
    Screen("logistics:trip_override", EVERYBODY, lambda world: (world.trip.pk,), method="post"),
    Screen("logistics:drive", frozenset({"driver"})),
    Screen("logistics:drive_report", EVERYBODY, method="post"),
    Screen("logistics:drive_sync", EVERYBODY, method="post", anonymous=405),
    Screen("logistics:drive_worker", EVERYBODY, anonymous=200),
    Screen("logistics:drive_manifest", EVERYBODY, anonymous=200),
    Screen(
        "logistics:evidence",
        FLEET | OF_THE_SUPERMARKET | OF_THE_HOUSEHOLD | {"supervisor"},
        lambda world: (world.evidence.pk,),
    ),
    Screen("logistics:statements", BUYERS | SELLERS | {"commerce_desk", "admin"}),
    Screen("logistics:statement", SIDES_OF_STANDING, of_the_statement),
    Screen("logistics:statement_pdf", SIDES_OF_STANDING, of_the_statement),
    Screen("logistics:statement_xlsx", SIDES_OF_STANDING, of_the_statement),
    Screen("logistics:adjustment_new", SIDES_OF_STANDING, of_the_statement),
    Screen("logistics:receiving", BUYERS),
    Screen("logistics:receipt", OF_THE_SUPERMARKET, lambda world: (world.load.pk,)),
    Screen("logistics:receipt_reverse", EVERYBODY, lambda world: (world.receipt.pk,), method="post"),
    Screen("logistics:sent", SELLERS),
    Screen("logistics:load_receipts", SIDES_OF_STANDING, lambda world: (world.load.pk,)),
    Screen("logistics:dispute_raise", OF_THE_HOUSEHOLD | {"commerce_desk", "admin"}, lambda world: (world.receipt.pk,)),
    Screen("logistics:disputes", BUYERS | SELLERS | {"commerce_desk", "admin"}),
    Screen("logistics:dispute", SIDES_OF_STANDING, lambda world: (world.dispute.pk,)),
    Screen("logistics:dispute_withdraw", EVERYBODY, lambda world: (world.dispute.pk,), method="post"),
    Screen("logistics:dispute_refuse", EVERYBODY, lambda world: (world.dispute.pk,), method="post"),
    Screen(
        "logistics:dispute_uphold", OF_THE_SUPERMARKET | {"commerce_desk", "admin"}, lambda world: (world.dispute.pk,)
    ),
]

OFFICERS = frozenset({"officer"})  # world.checkpoint is theirs
OVERSEERS = frozenset({"dispatcher", "supervisor", "issuer"})
SETS_UP = frozenset({"dispatcher", "supervisor"})

CHECKPOINTS = [
    Screen("logistics:checkpoint", OFFICERS),
    Screen("logistics:checkpoint_manifest", EVERYBODY, anonymous=200),
    Screen("logistics:checkpoint_worker", EVERYBODY, anonymous=200),
    Screen("logistics:checkpoint_sync", EVERYBODY, method="post"),
    Screen("logistics:checkpoints", SETS_UP),
    Screen("logistics:checkpoint_new", SETS_UP),
    Screen("logistics:checkpoint_change", SETS_UP, lambda world: (world.checkpoint.pk,)),
    Screen("logistics:visits", OVERSEERS | OFFICERS),
    Screen("logistics:visit", OVERSEERS | OFFICERS, lambda world: (world.visit.pk,)),
    Screen("logistics:visit_decide", EVERYBODY, lambda world: (world.visit.pk,), method="post"),
    Screen("logistics:alarms", OVERSEERS | OFFICERS),
    Screen("logistics:alarm_handle", EVERYBODY, lambda world: (world.alarm.pk,), method="post"),
]

DESKS = frozenset({"agriculture_desk", "commerce_desk", "admin"})
COMMERCE = frozenset({"commerce_desk", "admin"})
A_LISTING = "wagtailsnippets_market_listing"
NOT_THEIRS = {"agriculture_desk": 302}  # Wagtail sends people of another desk to its start page with a sentence
NOR_COMMERCES = {**NOT_THEIRS, "commerce_desk": 302}


def _of_listing(world: Any) -> tuple:
    return (world.listing.pk,)


BACK_OFFICE = [
    Screen("wagtailadmin_home", DESKS, others=403),
    Screen(f"{A_LISTING}:list", DESKS, others=403),
    Screen(f"{A_LISTING}:edit", DESKS, _of_listing, others=403),
    Screen(f"{A_LISTING}:inspect", DESKS, _of_listing, others=403),
    Screen(f"{A_LISTING}:history", DESKS, _of_listing, others=403),
    Screen(f"{A_LISTING}:workflow_history", DESKS, _of_listing, others=403),
    Screen(f"{A_LISTING}:revisions_compare", DESKS, lambda world: (world.listing.pk, "earliest", "latest"), others=403),
    Screen(f"{A_LISTING}:unpublish", COMMERCE, _of_listing, others=403, but=NOT_THEIRS),
    Screen("wagtailsnippets_market_organisation:list", COMMERCE, others=403, but=NOT_THEIRS),
    Screen(
        "wagtailsnippets_market_organisation:inspect",
        COMMERCE,
        lambda world: (world.cast.household.pk,),
        others=403,
        but=NOT_THEIRS,
    ),
    Screen("wagtailsnippets_market_priceceiling:list", COMMERCE, others=403, but=NOT_THEIRS),
    Screen("wagtailsnippets_market_priceceiling:add", COMMERCE, others=403, but=NOT_THEIRS),
    Screen(
        "wagtailsnippets_market_priceceiling:inspect",
        COMMERCE,
        lambda world: (world.ceiling.pk,),
        others=403,
        but=NOT_THEIRS,
    ),
    Screen("wagtailsnippets_market_produce:list", COMMERCE, others=403, but=NOT_THEIRS),
    Screen(
        "wagtailsnippets_market_produce:edit",
        COMMERCE,
        lambda world: (world.listing.produce_id,),
        others=403,
        but=NOT_THEIRS,
    ),
    *(
        Screen(f"wagtailsnippets_logistics_{kind}:{name}", COMMERCE, others=403, but=NOT_THEIRS)
        for kind in ("transferpoint", "truckban", "yard", "roaddistance", "tollrules")
        for name in ("list", "add")
    ),
    Screen("wagtailusers_users:index", frozenset({"admin"}), others=403, but=NOR_COMMERCES),
    Screen("wagtailadmin_workflows:index", frozenset({"admin"}), others=403, but=NOR_COMMERCES),
]


def _of_match(world: Any) -> tuple:
    return (world.match.pk,)


MATCHING = [
    Screen("orders:match", COMMERCE),
    Screen("orders:match_new", EVERYBODY, method="post"),
    Screen("orders:match_mine", EVERYBODY),
    Screen("orders:match_run", COMMERCE, _of_match),
    Screen("orders:match_commit", EVERYBODY, _of_match, method="post"),
    Screen("orders:match_discard", EVERYBODY, _of_match, method="post"),
    Screen("orders:match_replay", EVERYBODY, _of_match, method="post"),
    Screen("orders:match_again", EVERYBODY, _of_match, method="post"),
    Screen("orders:policies", EVERYBODY, anonymous=200),
    Screen("orders:policy", EVERYBODY, lambda world: (world.match.policy_id,), anonymous=200),
    Screen("orders:policy_new", COMMERCE, lambda _world: ("nearest",)),
    Screen("orders:spoiling", COMMERCE),
    Screen("orders:spoiling_push", EVERYBODY, method="post"),
]

SCREENS: list[Screen] = [
    *BACK_OFFICE,
    *BOARD,
    *PLEDGING,
    *TALKS,
    *SELLING,
    *PEOPLE,
    *IMPORTS,
    *LOGISTICS,
    *CHECKPOINTS,
    *MATCHING,
]
