"""The shop as a Django application."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        # A task exists for the library once its class has been made. A project that forgets this import schedules
        # "0 tasks" without a word (flamingo-run/django-cloud-tasks#55).
        import shop.messages  # noqa: F401
        import shop.tasks  # noqa: F401
