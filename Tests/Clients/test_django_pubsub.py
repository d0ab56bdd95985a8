"""The publishers and subscribers of the real django-google-cloud-tasks against the emulator."""

import json

import pytest
import requests
from google.cloud import tasks_v2

from helpers.google_clients import PARENT, queue_name, subscription_name, topic_name
from helpers.shop import QUEUE, Shop
from helpers.waiting import wait_until

ORDERS, BOOK_KEEPER, FRAUD_CHECK = "shop--OrderPlaced", "shop--BookKeeper", "shop--FraudCheck"


@pytest.fixture
def shop(emulator, taskdeck, tasks):
    """The project and its queue, pointed at the emulator; `inbox()` is what its subscribers got."""
    tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name(QUEUE)))
    project = Shop(emulator.url, taskdeck.environment, taskdeck.home)
    inbox = taskdeck.home / "inbox"
    inbox.touch()
    project.environment["SHOP_INBOX"] = str(inbox)
    project.inbox = lambda: [json.loads(line) for line in inbox.read_text().splitlines()]
    yield project
    project.stop()


def listen(subscriber, topic: str) -> str:
    """A pull subscription to a topic of the shop."""
    name = subscription_name("listener")
    subscriber.create_subscription(name=name, topic=topic_name(topic))
    return name


def pulled(subscriber, subscription: str) -> list[tuple[dict, dict]]:
    """Content and attributes of the messages that are there."""
    answer = subscriber.pull(request={"subscription": subscription, "max_messages": 10, "return_immediately": True})
    return [(json.loads(one.message.data), dict(one.message.attributes)) for one in answer.received_messages]


def publish(shop, call: str) -> object:
    return shop.python(f"from shop.messages import *\nanswer = {call}")


# Publishers


def test_a_publisher_makes_its_topic_when_it_is_missing(shop, publisher, subscriber):
    first = publish(shop, "OrderPlaced.sync(message=dict(order=1), attributes=dict(size='small'))")
    assert publisher.get_topic(topic=topic_name(ORDERS)).name == topic_name(ORDERS)
    listener = listen(subscriber, ORDERS)
    second = publish(shop, "OrderPlaced.sync(message=dict(order=2), attributes=dict(size='small'))")
    assert int(second) > int(first)
    assert pulled(subscriber, listener) == [({"order": 2}, {"size": "small"})]


def test_asap_publishes_from_the_worker(shop, publisher, subscriber):
    publisher.create_topic(name=topic_name(ORDERS))
    listener = listen(subscriber, ORDERS)
    shop.serve()
    publish(shop, "OrderPlaced.asap(message=dict(order=1), attributes=dict(size='small')).task_id")
    assert wait_until(lambda: pulled(subscriber, listener), "the message") == [({"order": 1}, {"size": "small"})]


def test_a_model_publisher_names_its_topic_after_the_model(shop, publisher, subscriber):
    publisher.create_topic(name=topic_name("shop--contenttypes-contenttype"))
    listener = listen(subscriber, "shop--contenttypes-contenttype")
    shop.serve()
    contents = "__import__('django.contrib.contenttypes.models', fromlist=['x']).ContentType(pk={})"
    publish(shop, f"ModelChanged.sync(obj={contents.format(7)})")
    publish(shop, f"ModelChanged.asap(obj={contents.format(8)}).task_id")
    seen = []
    wait_until(lambda: seen.extend(pulled(subscriber, listener)) or len(seen) == 2, "both messages")
    assert sorted(content["pk"] for content, _ in seen) == [7, 8]
    assert all(attributes == {"model": "contenttype"} for _, attributes in seen)


# Subscribers


def test_initialize_subscribers_creates_what_the_code_says(shop, publisher, subscriber):
    printed = shop.manage("initialize_subscribers", "--no-color")
    assert "Successfully initialized 2 subscribers" in printed
    topics = {topic.name for topic in publisher.list_topics(project="projects/local")}
    assert topics == {topic_name(ORDERS), topic_name("shop--Undeliverable")}
    read = subscriber.get_subscription(subscription=subscription_name(BOOK_KEEPER))
    assert read.push_config.push_endpoint == "http://127.0.0.1:9/work/subscriptions/BookKeeper"
    assert read.push_config.oidc_token.audience == read.push_config.push_endpoint
    assert read.dead_letter_policy.dead_letter_topic == topic_name("shop--Undeliverable")
    assert read.dead_letter_policy.max_delivery_attempts == 5
    assert (read.retry_policy.maximum_backoff.seconds, read.expiration_policy.ttl.days) == (20, 7)
    fraud = subscriber.get_subscription(subscription=subscription_name(FRAUD_CHECK))
    assert (fraud.filter, "ttl" in fraud.expiration_policy) == ('attributes.size = "large"', False)
    # Its dead letters are kept for whoever looks.
    dead = subscriber.get_subscription(subscription=subscription_name("shop--Undeliverable"))
    assert (dead.topic, "ttl" in dead.expiration_policy) == (topic_name("shop--Undeliverable"), False)


def test_initialize_subscribers_again_moves_the_endpoints(shop, subscriber):
    shop.manage("initialize_subscribers")
    url = shop.serve()
    shop.manage("initialize_subscribers")
    for name in ("BookKeeper", "FraudCheck"):
        read = subscriber.get_subscription(subscription=subscription_name(f"shop--{name}"))
        assert read.push_config.push_endpoint == f"{url}/work/subscriptions/{name}"


def test_a_message_makes_the_round_trip_to_its_subscribers(shop):
    shop.serve()
    shop.manage("initialize_subscribers")
    publish(shop, "OrderPlaced.sync(message=dict(order=1), attributes=dict(size='small'))")
    publish(shop, "OrderPlaced.asap(message=dict(order=2), attributes=dict(size='large')).task_id")
    wait_until(lambda: len(shop.inbox()) == 3, "three deliveries")
    assert sorted((line["subscriber"], line["content"]["order"]) for line in shop.inbox()) == [
        ("BookKeeper", 1), ("BookKeeper", 2), ("FraudCheck", 2),
    ]  # fmt: skip
    assert {line["attributes"]["size"] for line in shop.inbox() if line["subscriber"] == "FraudCheck"} == {"large"}


def test_a_message_without_attributes_reaches_its_subscriber(shop):
    shop.serve()
    shop.manage("initialize_subscribers")
    publish(shop, "OrderPlaced.sync(message=dict(order=1))")
    wait_until(shop.inbox, "the delivery")
    assert shop.inbox() == [{"subscriber": "BookKeeper", "content": {"order": 1}, "attributes": {}}]


def test_a_failing_subscriber_gets_its_message_again_and_then_it_is_a_dead_letter(shop, subscriber, emulator):
    shop.outage.touch()
    shop.serve()
    shop.manage("initialize_subscribers")
    publish(shop, "OrderPlaced.sync(message=dict(order=1))")
    # Retries wait 10 to 20 s each; the emulator's own clock makes that short.
    dead = subscription_name("shop--Undeliverable")
    letters = wait_until(lambda: advance(emulator, 20) and pulled(subscriber, dead), "the dead letter")
    ((content, attributes),) = letters
    assert content == {"order": 1}
    assert attributes["CloudPubSubDeadLetterSourceSubscription"] == BOOK_KEEPER
    assert attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "5"
    assert shop.inbox() == []


def advance(emulator, seconds: int) -> bool:
    return requests.post(f"{emulator.url}/_emulator/clock", json={"advance": f"{seconds}s"}, timeout=10).ok
