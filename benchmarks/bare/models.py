"""Two tables: what is offered and what was promised of it."""

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
