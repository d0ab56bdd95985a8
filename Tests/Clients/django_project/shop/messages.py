"""What the shop tells others, and what it listens to."""

import json
import os
from pathlib import Path

from django.db.models import Model
from django_cloud_tasks.tasks import ModelPublisherTask, PublisherTask, SubscriberTask

from shop.tasks import fail_during_outage


class OrderPlaced(PublisherTask):
    """Published to the topic `shop--OrderPlaced`."""


class ModelChanged(ModelPublisherTask):
    """Published to a topic named after the model."""

    @classmethod
    def build_message_content(cls, obj: Model, **_: object) -> dict:
        return {"pk": obj.pk}

    @classmethod
    def build_message_attributes(cls, obj: Model, **_: object) -> dict[str, str]:
        return {"model": obj._meta.model_name}


def remember(subscriber: str, content: object, attributes: dict | None) -> None:
    """Appends what arrived to the file $SHOP_INBOX, one line of JSON each."""
    line = json.dumps({"subscriber": subscriber, "content": content, "attributes": attributes})
    with Path(os.environ["SHOP_INBOX"]).open("a") as inbox:
        inbox.write(line + "\n")


class BookKeeper(SubscriberTask):
    """Gets every order; needs the warehouse, which may be down."""

    @classmethod
    def topic_name(cls) -> str:
        return "shop--OrderPlaced"

    @classmethod
    def dead_letter_topic_name(cls) -> str:
        return "shop--Undeliverable"

    min_backoff = 10
    max_backoff = 20
    max_retries = 5
    expiration_ttl = 7

    def run(self, content: dict, attributes: dict[str, str] | None = None) -> None:
        fail_during_outage()
        remember("BookKeeper", content, attributes)


class FraudCheck(SubscriberTask):
    """Gets large orders only."""

    min_backoff = 10
    max_backoff = 600
    max_retries = None
    expiration_ttl = None

    @classmethod
    def topic_name(cls) -> str:
        return "shop--OrderPlaced"

    @classmethod
    def subscription_filter(cls) -> str:
        return 'attributes.size = "large"'

    def run(self, content: dict, attributes: dict[str, str] | None = None) -> None:
        remember("FraudCheck", content, attributes)
