"""Google's Pub/Sub clients for Python, both of them, and gcloud against the emulator, over REST."""

import base64
import json
import re
import shutil
import subprocess
import threading
from datetime import timedelta

import pytest
from google import pubsub_v1 as gapic
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import pubsub_v1, scheduler_v1
from google.protobuf import duration_pb2, field_mask_pb2
from googleapiclient import discovery
from googleapiclient.errors import HttpError

from helpers.google_clients import PARENT, PROJECT, job_name, subscription_name, topic_name
from helpers.waiting import wait_until

TOPIC, SUBSCRIPTION = topic_name("orders"), subscription_name("mail")


@pytest.fixture
def topic(publisher) -> str:
    return publisher.create_topic(name=TOPIC).name


def subscribe(subscriber, **fields) -> pubsub_v1.types.Subscription:
    return subscriber.create_subscription(request={"name": SUBSCRIPTION, "topic": TOPIC} | fields)


def pull(subscriber, limit=10) -> list:
    answer = subscriber.pull(request={"subscription": SUBSCRIPTION, "max_messages": limit, "return_immediately": True})
    return list(answer.received_messages)


# Resources


def test_topics_are_created_listed_changed_and_deleted(publisher, topic):
    publisher.create_topic(name=topic_name("invoices"), timeout=5)
    assert [listed.name for listed in publisher.list_topics(project=f"projects/{PROJECT}")] == [
        topic_name("invoices"), TOPIC,
    ]  # fmt: skip
    pages = publisher.list_topics(request={"project": f"projects/{PROJECT}", "page_size": 1}).pages
    assert [len(page.topics) for page in pages] == [1, 1]
    changed = publisher.update_topic(
        request={
            "topic": pubsub_v1.types.Topic(name=TOPIC, labels={"team": "a"}),
            "update_mask": field_mask_pb2.FieldMask(paths=["labels"]),
        }
    )
    assert dict(changed.labels) == {"team": "a"}
    publisher.delete_topic(topic=TOPIC)
    with pytest.raises(exceptions.NotFound, match=re.escape("Resource not found (resource=orders).")):
        publisher.get_topic(topic=TOPIC)


def test_a_subscription_is_read_back_as_it_was_created(publisher, subscriber, topic):
    publisher.create_topic(name=topic_name("dead"))
    subscribe(
        subscriber,
        ack_deadline_seconds=60,
        filter='attributes.kind = "paid"',
        enable_message_ordering=True,
        enable_exactly_once_delivery=True,
        expiration_policy=pubsub_v1.types.ExpirationPolicy(),
        retry_policy=pubsub_v1.types.RetryPolicy(minimum_backoff=duration_pb2.Duration(seconds=20)),
        dead_letter_policy=pubsub_v1.types.DeadLetterPolicy(dead_letter_topic=topic_name("dead")),
        push_config=pubsub_v1.types.PushConfig(
            push_endpoint="http://127.0.0.1:9/push",
            oidc_token=pubsub_v1.types.PushConfig.OidcToken(service_account_email="r@local", audience="me"),
        ),
    )
    read = subscriber.get_subscription(subscription=SUBSCRIPTION)
    assert (read.name, read.topic, read.ack_deadline_seconds) == (SUBSCRIPTION, TOPIC, 60)
    assert (read.filter, read.enable_message_ordering) == ('attributes.kind = "paid"', True)
    assert read.enable_exactly_once_delivery
    assert "ttl" not in read.expiration_policy
    assert read.retry_policy.minimum_backoff == timedelta(seconds=20)
    assert read.retry_policy.maximum_backoff == timedelta(minutes=10)
    assert read.dead_letter_policy.max_delivery_attempts == 5
    assert read.push_config.oidc_token.audience == "me"
    assert read.message_retention_duration == timedelta(days=7)
    assert read.state == pubsub_v1.types.Subscription.State.ACTIVE
    assert [listed.name for listed in subscriber.list_subscriptions(project=f"projects/{PROJECT}")] == [SUBSCRIPTION]
    assert list(publisher.list_topic_subscriptions(topic=TOPIC)) == [SUBSCRIPTION]


def test_an_update_changes_what_its_mask_names(subscriber, topic):
    subscribe(subscriber, labels={"team": "a"})
    changed = subscriber.update_subscription(
        request={
            "subscription": {"name": SUBSCRIPTION, "ack_deadline_seconds": 30, "labels": {"team": "b"}},
            "update_mask": {"paths": ["ack_deadline_seconds"]},
        }
    )
    assert (changed.ack_deadline_seconds, dict(changed.labels)) == (30, {"team": "a"})


def test_a_subscription_outlives_its_topic(publisher, subscriber, topic):
    subscribe(subscriber)
    publisher.delete_topic(topic=TOPIC)
    assert subscriber.get_subscription(subscription=SUBSCRIPTION).topic == "_deleted-topic_"


def test_refusals_have_the_classes_of_the_client(publisher, subscriber, topic):
    with pytest.raises(exceptions.Conflict, match=re.escape("already exists in the project (resource=orders).")):
        publisher.create_topic(name=TOPIC)
    with pytest.raises(exceptions.NotFound, match=re.escape("Resource not found (resource=none).")):
        publisher.publish(topic_name("none"), b"hi").result(timeout=20)
    with pytest.raises(exceptions.NotFound):
        subscriber.create_subscription(name=SUBSCRIPTION, topic=topic_name("none"))
    with pytest.raises(exceptions.BadRequest, match="Invalid resource name given"):
        publisher.create_topic(name=topic_name("1st"))
    with pytest.raises(exceptions.MethodNotImplemented, match="Snapshots are not available here"):
        subscriber.create_snapshot(name=f"projects/{PROJECT}/snapshots/one", subscription=SUBSCRIPTION)


def test_everybody_is_allowed_everything(publisher, topic):
    assert publisher.get_iam_policy(request={"resource": TOPIC}).etag
    answer = publisher.test_iam_permissions(request={"resource": TOPIC, "permissions": ["pubsub.topics.publish"]})
    assert list(answer.permissions) == ["pubsub.topics.publish"]


# Messages


def test_what_is_published_is_pulled_and_acknowledged(publisher, subscriber, topic):
    subscribe(subscriber)
    ids = [publisher.publish(TOPIC, f"message {number}".encode(), kind="test").result(timeout=20) for number in (1, 2)]
    received = pull(subscriber)
    assert [one.message.data for one in received] == [b"message 1", b"message 2"]
    assert [one.message.message_id for one in received] == ids
    assert dict(received[0].message.attributes) == {"kind": "test"}
    assert received[0].message.publish_time is not None
    subscriber.acknowledge(subscription=SUBSCRIPTION, ack_ids=[one.ack_id for one in received])
    assert pull(subscriber) == []


def test_a_nack_brings_a_message_back_under_a_new_id(publisher, subscriber, topic):
    subscribe(subscriber)
    publisher.publish(TOPIC, b"hi").result(timeout=20)
    (first,) = pull(subscriber)
    subscriber.modify_ack_deadline(subscription=SUBSCRIPTION, ack_ids=[first.ack_id], ack_deadline_seconds=0)
    (second,) = pull(subscriber)
    assert (second.message.message_id, second.ack_id != first.ack_id) == (first.message.message_id, True)


def test_a_pull_waits_for_a_message(publisher, subscriber, topic):
    subscribe(subscriber)
    # Longer than the client takes to send the pull, shorter than the pull waits.
    later = threading.Timer(1, lambda: publisher.publish(TOPIC, b"late").result(timeout=20))
    later.start()
    answer = subscriber.pull(subscription=SUBSCRIPTION, max_messages=1)
    later.join()
    assert [one.message.data for one in answer.received_messages] == [b"late"]


def test_ordering_keys_keep_the_order(emulator, subscriber, topic):
    subscribe(subscriber, enable_message_ordering=True)
    # Without the batching on top: for ordered messages that has a time limit which no socket can have (2**32 s).
    plain = gapic.PublisherClient(
        transport="rest", credentials=AnonymousCredentials(), client_options={"api_endpoint": emulator.url}
    )
    for number in range(20):
        message = pubsub_v1.types.PubsubMessage(data=str(number).encode(), ordering_key="a")
        plain.publish(topic=TOPIC, messages=[message])
    received = pull(subscriber, 100)
    assert [one.message.data for one in received] == [str(number).encode() for number in range(20)]
    assert {one.message.ordering_key for one in received} == {"a"}


def test_a_seek_to_now_empties_the_backlog(publisher, subscriber, topic):
    subscribe(subscriber)
    publisher.publish(TOPIC, b"old").result(timeout=20)
    subscriber.seek(request={"subscription": SUBSCRIPTION, "time": {"seconds": 4102444800}})
    assert pull(subscriber) == []


# Pushes


def push_config(worker, **fields) -> pubsub_v1.types.PushConfig:
    return pubsub_v1.types.PushConfig(push_endpoint=f"{worker.url}/push", **fields)


def test_a_push_has_the_body_that_receivers_know(publisher, subscriber, topic, worker):
    subscribe(subscriber, push_config=push_config(worker))
    published = publisher.publish(TOPIC, b"hi", kind="test").result(timeout=20)
    request = wait_until(lambda: worker.received("/push"), "the push at the worker")[0]
    body = json.loads(request.body)
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/json")
    assert body["subscription"] == SUBSCRIPTION
    assert base64.b64decode(body["message"]["data"]) == b"hi"
    assert body["message"]["attributes"] == {"kind": "test"}
    assert body["message"]["messageId"] == body["message"]["message_id"] == published
    assert body["message"]["publishTime"] == body["message"]["publish_time"]


def test_a_push_without_a_wrapper_is_the_data(publisher, subscriber, topic, worker):
    no_wrapper = pubsub_v1.types.PushConfig.NoWrapper(write_metadata=True)
    subscribe(subscriber, push_config=push_config(worker, no_wrapper=no_wrapper))
    published = publisher.publish(TOPIC, b"raw", kind="test").result(timeout=20)
    request = wait_until(lambda: worker.received("/push"), "the push at the worker")[0]
    assert request.body == b"raw"
    assert request.headers["x-goog-pubsub-message-id"] == published
    assert request.headers["x-goog-pubsub-subscription-name"] == SUBSCRIPTION
    assert request.headers["kind"] == "test"


def test_a_push_that_is_refused_comes_again(publisher, subscriber, topic, worker):
    worker.answer("/push", 500, 503, 204)
    subscribe(subscriber, push_config=push_config(worker))
    publisher.publish(TOPIC, b"hi").result(timeout=20)
    requests = wait_until(lambda: len(seen := worker.received("/push")) >= 3 and seen, "three pushes")
    assert len({json.loads(request.body)["message"]["messageId"] for request in requests}) == 1


def test_the_push_configuration_can_be_taken_away(publisher, subscriber, topic, worker):
    subscribe(subscriber, push_config=push_config(worker))
    subscriber.modify_push_config(subscription=SUBSCRIPTION, push_config=pubsub_v1.types.PushConfig())
    publisher.publish(TOPIC, b"hi").result(timeout=20)
    assert [one.message.data for one in pull(subscriber)] == [b"hi"]
    assert worker.received("/push") == []


# Cloud Scheduler


def test_a_job_publishes_to_its_topic(scheduler, subscriber, topic):
    subscribe(subscriber)
    target = scheduler_v1.PubsubTarget(topic_name=TOPIC, data=b"tick", attributes={"kind": "job"})
    job = scheduler_v1.Job(name=job_name("tick"), schedule="0 3 * * *", time_zone="Etc/UTC", pubsub_target=target)
    scheduler.create_job(parent=PARENT, job=job)
    scheduler.run_job(name=job_name("tick"))
    (received,) = wait_until(lambda: pull(subscriber), "the message of the job")
    assert (received.message.data, dict(received.message.attributes)) == (b"tick", {"kind": "job"})
    # The message can be pulled before its job hears of it; until then the job's status is the -1 of a run under way.
    wait_until(lambda: scheduler.get_job(name=job_name("tick")).status.code == 0, "the job's success")


def test_a_job_without_its_topic_fails_as_not_found(scheduler):
    target = scheduler_v1.PubsubTarget(topic_name=topic_name("none"), data=b"tick")
    job = scheduler_v1.Job(name=job_name("tick"), schedule="0 3 * * *", time_zone="Etc/UTC", pubsub_target=target)
    scheduler.create_job(parent=PARENT, job=job)
    scheduler.run_job(name=job_name("tick"))
    wait_until(lambda: scheduler.get_job(name=job_name("tick")).status.code == 5, "NOT_FOUND on the job")


# googleapiclient


def test_the_discovery_client_publishes_and_pulls(emulator):
    pubsub = discovery.build(
        "pubsub",
        "v1",
        credentials=AnonymousCredentials(),
        static_discovery=True,
        client_options={"api_endpoint": emulator.url},
    ).projects()
    assert pubsub.topics().create(name=TOPIC, body={}).execute() == {"name": TOPIC}
    created = pubsub.subscriptions().create(name=SUBSCRIPTION, body={"topic": TOPIC}).execute()
    assert (created["state"], created["expirationPolicy"]) == ("ACTIVE", {"ttl": "2678400s"})
    data = base64.urlsafe_b64encode(b"\xfb\xef\xff?").decode()
    published = pubsub.topics().publish(topic=TOPIC, body={"messages": [{"data": data}]}).execute()
    answer = pubsub.subscriptions().pull(subscription=SUBSCRIPTION, body={"maxMessages": 1}).execute()
    (received,) = answer["receivedMessages"]
    assert (received["message"]["messageId"], base64.b64decode(received["message"]["data"])) == (
        published["messageIds"][0], b"\xfb\xef\xff?",
    )  # fmt: skip
    acknowledged = {"ackIds": [received["ackId"]]}
    assert pubsub.subscriptions().acknowledge(subscription=SUBSCRIPTION, body=acknowledged).execute() == {}
    with pytest.raises(HttpError) as refused:
        pubsub.topics().create(name=TOPIC, body={"colour": "red"}).execute()
    assert (refused.value.resp.status, 'Unknown name "colour"' in str(refused.value)) == (400, True)


# gcloud


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")
def test_gcloud_publishes_and_pulls(emulator, taskdeck):
    environment = taskdeck.environment | {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"{emulator.url}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "true",
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_CONFIG": str(taskdeck.home / "gcloud"),
    }

    def gcloud(*arguments: str) -> object:
        done = subprocess.run(
            ["gcloud", "pubsub", *arguments, "--format=json"],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
        )
        assert done.returncode == 0, f"gcloud pubsub {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}"
        return json.loads(done.stdout or "null")

    gcloud("topics", "create", "orders", "--labels=team=a")
    gcloud("subscriptions", "create", "mail", "--topic=orders", "--ack-deadline=20", "--message-filter=attributes:kind")
    gcloud("subscriptions", "update", "mail", "--ack-deadline=30")
    (listed,) = gcloud("subscriptions", "list")
    assert (listed["name"], listed["topic"], listed["ackDeadlineSeconds"]) == (SUBSCRIPTION, TOPIC, 30)
    published = gcloud("topics", "publish", "orders", "--message=hi", "--attribute=kind=test")
    (received,) = gcloud("subscriptions", "pull", "mail", "--auto-ack", "--limit=5")
    assert received["message"]["messageId"] == published["messageIds"][0]
    assert base64.b64decode(received["message"]["data"]) == b"hi"
    assert gcloud("topics", "describe", "orders") == {"labels": {"team": "a"}, "name": TOPIC}
    gcloud("topics", "delete", "orders")
    assert gcloud("subscriptions", "describe", "mail")["topic"] == "_deleted-topic_"
