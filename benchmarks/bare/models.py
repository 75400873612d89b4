"""What is offered and what was promised of it; and the lines of a list."""

from django.db import models


class Offer(models.Model):
    offered_g = models.BigIntegerField()
    reserved_g = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bare"


class Promise(models.Model):
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    grams = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"


class Line(models.Model):
    """What a card says, in one table with one index."""

    title = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    offered_g = models.BigIntegerField()
    reserved_g = models.BigIntegerField()
    best_before = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "bare"
