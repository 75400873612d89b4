"""Pledges placed before they froze everything: what their lots and listings say today is the best record there is."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, _schema_editor):
    pledges = apps.get_model("orders", "Pledge").objects
    lots = apps.get_model("market", "Lot").objects.filter(pk=OuterRef("lot_id"))
    listings = apps.get_model("market", "Listing").objects.filter(lots=OuterRef("lot_id"))
    pledges.update(
        most_g=F("firm_g"),
        seller_id=Subquery(lots.values("seller_id")),
        produce_id=Subquery(lots.values("produce_id")),
        grade=Subquery(lots.values("grade")),
        place_id=Subquery(lots.values("place_code")),
        variety=Subquery(listings.values("variety")),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_ways_of_pledging'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
