"""taskdeck's Pub/Sub commands beside Google's client: each reads what the other wrote."""

import pytest

from helpers.google_clients import PROJECT

TOPIC = f"projects/{PROJECT}/topics/orders"
SUBSCRIPTION = f"projects/{PROJECT}/subscriptions/shop--reader"


@pytest.fixture
def deck(taskdeck, emulator):
    """`deck(*arguments)` is the decoded JSON of a command on the emulator."""
    return lambda *arguments, stdin="": taskdeck.json(*arguments, "--endpoint", emulator.url, stdin=stdin)


@pytest.fixture
def refused(run, emulator):
    """`refused(*arguments)` is (exit status, standard error) of a command that fails."""

    def refuse(*arguments):
        status, _, words = run(*arguments, "--endpoint", emulator.url)
        assert status != 0
        return status, words

    return refuse


@pytest.fixture
def reader(publisher, subscriber):
    """A topic with a pull subscription."""
    publisher.create_topic(name=TOPIC)
    subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)
    return SUBSCRIPTION


def pulled(subscriber):
    return subscriber.pull(subscription=SUBSCRIPTION, max_messages=10, return_immediately=True).received_messages


def test_a_topic_is_created_listed_shown_and_deleted(deck, publisher, reader):
    assert deck("topics", "create", "mail")["name"] == f"projects/{PROJECT}/topics/mail"
    assert {topic.name for topic in publisher.list_topics(project=f"projects/{PROJECT}")} == {
        topic["name"] for topic in deck("topics", "list")
    }
    assert deck("topics", "show", "mail")["name"].endswith("/mail")
    plan = deck("topics", "delete", "orders", "--dry-run")
    assert plan == {"topic": TOPIC, "subscriptions": [SUBSCRIPTION], "deleted": False}
    assert deck("topics", "delete", "orders", "--yes")["deleted"] is True
    assert [topic["name"] for topic in deck("topics", "list")] == [f"projects/{PROJECT}/topics/mail"]


def test_a_published_message_arrives_whole(deck, subscriber, reader):
    outcome = deck(
        "publish", "orders", "--payload", '{"b":1.50,"a":"é"}', "--attribute", "origin=web=1", "--ordering-key", "k"
    )
    [received] = pulled(subscriber)
    assert outcome == {"topic": TOPIC, "messageIds": [received.message.message_id]}
    # Bytes, not a reading of them: the number keeps its spelling.
    assert received.message.data == '{"b":1.50,"a":"é"}'.encode()
    assert dict(received.message.attributes) == {"origin": "web=1"}
    assert received.message.ordering_key == "k"


def test_any_bytes_can_be_published_from_a_pipe(deck, subscriber, reader):
    deck("publish", "orders", "--payload", "-", stdin="not json")
    assert pulled(subscriber)[0].message.data == b"not json"


def test_a_dry_run_publishes_nothing(deck, subscriber, reader):
    assert "data" in deck("publish", "orders", "--payload", "{}", "--dry-run")
    assert pulled(subscriber) == []


def test_a_pull_shows_messages_and_leaves_them_unless_told(deck, publisher, subscriber, reader):
    publisher.publish(TOPIC, b'{"user": 7}', k="v").result(timeout=10)
    [seen] = deck("subscriptions", "pull", "shop--reader")
    assert seen["message"]["payload"] == {"user": 7}
    assert seen["message"]["attributes"] == {"k": "v"}
    subscriber.modify_ack_deadline(subscription=SUBSCRIPTION, ack_ids=[seen["ackId"]], ack_deadline_seconds=0)
    [again] = deck("subscriptions", "pull", "shop--reader", "--wait", "--ack", "--yes")
    assert again["message"]["messageId"] == seen["message"]["messageId"]
    # An acknowledged delivery cannot be had back by giving up its deadline.
    subscriber.modify_ack_deadline(subscription=SUBSCRIPTION, ack_ids=[again["ackId"]], ack_deadline_seconds=0)
    assert deck("subscriptions", "pull", "shop--reader") == []


def test_subscriptions_are_listed_with_the_class_they_push_to(deck, subscriber, reader):
    subscriber.create_subscription(
        name=f"projects/{PROJECT}/subscriptions/shop--push",
        topic=TOPIC,
        push_config={"push_endpoint": "http://127.0.0.1:9/subscriptions/Parser"},
    )
    classes = {found["name"].split("/")[-1]: found.get("class") for found in deck("subscriptions", "list")}
    assert classes == {"shop--push": "Parser", "shop--reader": None}
    assert deck("subscriptions", "show", "shop--push")["class"] == "Parser"


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["topics", "show", "absent"], 1, "Topic absent does not exist"),
        (["subscriptions", "show", "absent"], 1, "Subscription absent does not exist"),
        (["publish", "absent", "--payload", "{}"], 1, "taskdeck topics list"),
        (["publish", "orders"], 64, "--payload"),
        (["publish", "orders", "--payload", "{"], 64, "not JSON"),
        (["publish", "orders", "--attribute", "novalue"], 64, "K=V"),
        (["publish", "orders", "--payload", "{}", "--read-only"], 1, "read-only"),
        (["topics", "create", "1x"], 64, "a topic ID"),
        (["topics", "delete", "orders"], 64, "--yes"),
        (["subscriptions", "pull", "shop--reader", "--limit", "0"], 64, "--limit"),
        (["subscriptions", "pull", "shop--reader", "--ack"], 64, "--yes"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(refused, reader, arguments, status, word):
    found, words = refused(*arguments)
    assert (found, word in words) == (status, True), words


def test_a_push_subscription_is_not_pulled(refused, subscriber, reader):
    subscriber.create_subscription(
        name=f"projects/{PROJECT}/subscriptions/shop--push",
        topic=TOPIC,
        push_config={"push_endpoint": "http://127.0.0.1:9/subscriptions/Parser"},
    )
    status, words = refused("subscriptions", "pull", "shop--push")
    assert status == 1
    assert "pushed to its endpoint" in words


def test_the_emulator_variables_of_googles_clients_are_honoured(taskdeck, emulator, reader):
    for service in ("CLOUD_TASKS", "CLOUD_SCHEDULER", "PUBSUB"):
        taskdeck.environment[f"{service}_EMULATOR_HOST"] = emulator.url.removeprefix("http://")
    assert [topic["name"] for topic in taskdeck.json("topics", "list")] == [TOPIC]
