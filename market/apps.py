from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketConfig(AppConfig):
    name = "market"
    verbose_name = _("集市")

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from market.queries.reference import forget_reference

        for name in ("Place", "Produce"):
            post_save.connect(forget_reference, sender=self.get_model(name), dispatch_uid=f"forget_{name}_saved")
            post_delete.connect(forget_reference, sender=self.get_model(name), dispatch_uid=f"forget_{name}_deleted")
