"""The app of the shop."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """A shop that pays out."""

    name = "shop"
    default_auto_field = "django.db.models.BigAutoField"
