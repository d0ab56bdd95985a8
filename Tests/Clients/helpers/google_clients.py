"""Google's own Python clients, pointed at the emulator: REST over plain HTTP, without credentials."""

from google.auth.credentials import AnonymousCredentials
from google.cloud import pubsub_v1, scheduler_v1, tasks_v2

# What taskdeck assumes for an endpoint on loopback (DESIGN.md section 5).
PROJECT, LOCATION = "local", "us-central1"
PARENT = f"projects/{PROJECT}/locations/{LOCATION}"


def tasks_client(endpoint: str) -> tasks_v2.CloudTasksClient:
    return tasks_v2.CloudTasksClient(**_over_rest(endpoint))


def scheduler_client(endpoint: str) -> scheduler_v1.CloudSchedulerClient:
    return scheduler_v1.CloudSchedulerClient(**_over_rest(endpoint))


def publisher_client(endpoint: str) -> pubsub_v1.PublisherClient:
    return pubsub_v1.PublisherClient(**_over_rest(endpoint))


def subscriber_client(endpoint: str) -> pubsub_v1.SubscriberClient:
    """For unary calls: streaming pull exists over gRPC only."""
    return pubsub_v1.SubscriberClient(**_over_rest(endpoint))


def topic_name(topic: str) -> str:
    return f"projects/{PROJECT}/topics/{topic}"


def subscription_name(subscription: str) -> str:
    return f"projects/{PROJECT}/subscriptions/{subscription}"


def queue_name(queue: str) -> str:
    return f"{PARENT}/queues/{queue}"


def job_name(job: str) -> str:
    return f"{PARENT}/jobs/{job}"


def _over_rest(endpoint: str) -> dict:
    # The scheme is part of api_endpoint: without one the client assumes https.
    return {
        "transport": "rest",
        "credentials": AnonymousCredentials(),
        "client_options": {"api_endpoint": endpoint},
    }
