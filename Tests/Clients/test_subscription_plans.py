"""`subscriptions diff|apply|rollback` beside the real library's initialize_subscribers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import duration_pb2

from helpers.fault_proxy import CUT, PASS, FaultProxy
from helpers.google_clients import subscription_name, topic_name
from helpers.shop import FOLDER, Shop

ORDERS, LOST = topic_name("shop--OrderPlaced"), topic_name("shop--Undeliverable")
OWN = {"shop--BookKeeper", "shop--FraudCheck", "shop--Undeliverable"}


@pytest.fixture
def shop(emulator, taskdeck):
    return Shop(emulator.url, taskdeck.environment, taskdeck.home)


@pytest.fixture
def deck(taskdeck, emulator, shop):
    """`deck(*arguments)` is (exit status, stdout, stderr) of a command run in the project's folder."""
    environment = shop.environment | {"VIRTUAL_ENV": str(Path(sys.prefix))}

    def run(*arguments):
        return subprocess.run(
            [taskdeck.path, *arguments, "--endpoint", emulator.url],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            cwd=FOLDER,
            timeout=90,
        )

    return run


@pytest.fixture
def document(deck):
    """`document(*arguments)` is the JSON a command printed; it must have succeeded."""

    def run(*arguments, status=0):
        done = deck(*arguments, "-o", "json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout)

    return run


def names(subscriber) -> set[str]:
    return {found.name.split("/")[-1] for found in subscriber.list_subscriptions(project="projects/local")}


def make(subscriber, publisher, name: str, topic: str = "others", endpoint: str = "http://127.0.0.1:9/x") -> None:
    try:
        publisher.get_topic(topic=topic_name(topic))
    except Exception as error:
        assert "404" in str(error)
        publisher.create_topic(name=topic_name(topic))
    subscriber.create_subscription(
        name=subscription_name(name), topic=topic_name(topic), push_config={"push_endpoint": endpoint}
    )


def test_what_the_library_made_is_unchanged(document, shop):
    shop.manage("initialize_subscribers")
    plan = document("subscriptions", "diff", "--exit-code")
    assert (plan["added"], plan["updated"], plan["deleted"], plan["stale"]) == ([], [], [], [])
    assert set(plan["unchanged"]) == OWN


def test_apply_makes_what_the_library_makes(document, shop, subscriber, publisher):
    outcome = document("subscriptions", "apply", "--yes")
    assert set(outcome["added"]) == OWN | {"shop--OrderPlaced"}
    ours = {name: subscriber.get_subscription(subscription=subscription_name(name)) for name in OWN}
    for name in OWN:
        subscriber.delete_subscription(subscription=subscription_name(name))
    for topic in (ORDERS, LOST):
        publisher.delete_topic(topic=topic)
    shop.manage("initialize_subscribers")
    for name, made in ours.items():
        theirs = subscriber.get_subscription(subscription=subscription_name(name))
        assert made.push_config.push_endpoint == theirs.push_config.push_endpoint
        assert made.push_config.oidc_token.audience == theirs.push_config.oidc_token.audience
        assert (made.topic, made.filter) == (theirs.topic, theirs.filter)
        assert made.retry_policy == theirs.retry_policy
        assert made.dead_letter_policy == theirs.dead_letter_policy
        assert made.expiration_policy == theirs.expiration_policy


def test_applying_twice_changes_nothing_the_second_time(document):
    document("subscriptions", "apply", "--yes")
    again = document("subscriptions", "apply", "--yes")
    assert (again["journal"], again["added"], again["updated"], again["deleted"]) == (None, [], [], [])


def test_the_library_deletes_a_foreign_subscription_and_taskdeck_does_not(document, shop, subscriber, publisher):
    """Its ID ends in the app's name (django-cloud-tasks.md section 5)."""
    make(subscriber, publisher, "billing-of-shop")
    make(subscriber, publisher, "shop-admin--X")
    make(subscriber, publisher, "shop--Former")
    plan = document("subscriptions", "diff", "--prune")
    assert set(plan["foreign"]) == {"billing-of-shop", "shop-admin--X"}
    assert plan["deleted"] == ["shop--Former"]
    document("subscriptions", "apply", "--prune", "--yes")
    assert names(subscriber) == OWN | {"billing-of-shop", "shop-admin--X"}
    shop.manage("initialize_subscribers")
    assert "billing-of-shop" not in names(subscriber)


def test_a_drift_is_shown_field_by_field_and_ended(document, deck, shop, subscriber):
    shop.manage("initialize_subscribers")
    book_keeper = subscriber.get_subscription(subscription=subscription_name("shop--BookKeeper"))
    book_keeper.push_config.push_endpoint = "http://127.0.0.1:9/elsewhere"
    book_keeper.retry_policy.maximum_backoff = duration_pb2.Duration(seconds=300)
    before = subscriber.update_subscription(
        request={"subscription": book_keeper, "update_mask": {"paths": ["push_config", "retry_policy"]}}
    )
    assert deck("subscriptions", "diff", "--exit-code").returncode == 2
    [update] = document("subscriptions", "diff")["updated"]
    assert update["subscription"] == "shop--BookKeeper"
    changes = {change["field"]: (change["before"], change["after"]) for change in update["changes"]}
    assert changes["retryPolicy.maximumBackoff"] == ("300s", "20s")
    assert changes["pushConfig.pushEndpoint"] == (
        "http://127.0.0.1:9/elsewhere",
        "http://127.0.0.1:9/work/subscriptions/BookKeeper",
    )
    assert document("subscriptions", "apply", "--yes")["updated"] == ["shop--BookKeeper"]
    assert document("subscriptions", "diff")["updated"] == []
    # Back again, as it was before.
    assert document("subscriptions", "rollback", "--yes")["restored"] == ["shop--BookKeeper"]
    assert subscriber.get_subscription(subscription=subscription_name("shop--BookKeeper")) == before


def test_a_rollback_brings_a_pruned_subscription_back(document, subscriber, publisher):
    document("subscriptions", "apply", "--yes")
    make(subscriber, publisher, "shop--Former")
    former = subscriber.get_subscription(subscription=subscription_name("shop--Former"))
    number = document("subscriptions", "apply", "--prune", "--yes")["journal"]
    assert "shop--Former" not in names(subscriber)
    outcome = document("subscriptions", "rollback", str(number), "--yes")
    assert (outcome["restored"], outcome["deleted"], outcome["failed"]) == (["shop--Former"], [], [])
    assert subscriber.get_subscription(subscription=subscription_name("shop--Former")) == former


def test_the_console_shows_what_an_apply_changed_and_takes_it_back(
    document, subscriber, publisher, terminal, taskdeck, emulator
):
    document("subscriptions", "apply", "--yes")
    make(subscriber, publisher, "shop--Former")
    former = subscriber.get_subscription(subscription=subscription_name("shop--Former"))
    number = document("subscriptions", "apply", "--prune", "--yes")["journal"]
    terminal.type(f"{taskdeck.path} --endpoint {emulator.url}")
    terminal.press("Enter")
    terminal.wait_for("No queues.")
    terminal.press("7")
    terminal.wait_for("complete")
    terminal.press("Enter")
    terminal.wait_for("Enter shows before and after")
    terminal.press("G")
    terminal.press("Enter")
    terminal.wait_for("It was deleted.")
    terminal.press("Escape")
    terminal.wait_for("Enter shows before and after")
    terminal.press("z")
    terminal.wait_for(f"Take back journal entry {number}")
    terminal.press("a")
    terminal.wait_for("1 subscription changed")
    terminal.press("C-c")
    terminal.wait_for(terminal.PROMPT.strip())
    assert subscriber.get_subscription(subscription=subscription_name("shop--Former")) == former


def test_a_dry_run_and_a_read_only_context_change_nothing(document, deck, subscriber):
    planned = document("subscriptions", "apply", "--dry-run")
    assert set(planned["added"]) == OWN | {"shop--OrderPlaced"}
    refused = deck("subscriptions", "apply", "--yes", "--read-only")
    assert (refused.returncode, "read-only" in refused.stderr) == (1, True)
    nobody = deck("subscriptions", "apply")
    assert (nobody.returncode, "--yes" in nobody.stderr) == (64, True)
    assert names(subscriber) == set()


def test_a_filter_that_cannot_be_changed_is_an_error_and_loses_no_message(deck, subscriber, publisher):
    make(subscriber, publisher, "shop--FraudCheck", "shop--OrderPlaced")
    done = deck("subscriptions", "apply", "--yes", "-o", "json")
    assert done.returncode == 3, done.stderr
    [failure] = json.loads(done.stdout)["failed"]
    assert failure["subscription"] == "shop--FraudCheck"
    assert "Pub/Sub cannot change" in failure["error"]
    assert names(subscriber) == OWN


def test_a_definitions_file_does_without_django(taskdeck, emulator, subscriber):
    path = taskdeck.home / "subscriptions.yaml"
    path.write_text(
        "app: shop\nsubscriptions:\n"
        "  - {name: Reader, topic: orders, push-endpoint: 'https://shop.example.com/in', min-backoff: 10s, expiration: never}\n"
    )
    arguments = ["--source", str(path), "--endpoint", emulator.url]
    assert set(taskdeck.json("subscriptions", "apply", "--yes", *arguments)["added"]) == {"orders", "shop--Reader"}
    read = subscriber.get_subscription(subscription=subscription_name("shop--Reader"))
    assert (read.retry_policy.minimum_backoff.seconds, "ttl" in read.expiration_policy) == (10, False)
    path.write_text("app: shop\nsubscriptions:\n  - {name: Reader, topik: orders}\n")
    status, _, words = taskdeck.run("subscriptions", "diff", *arguments)
    assert status == 64
    assert f"{path}:3:" in words
    assert 'did you mean "topic"?' in words


def test_an_interrupted_apply_is_finished_by_the_journal_and_undone_by_it(taskdeck, emulator, subscriber, publisher):
    path = taskdeck.home / "subscriptions.yaml"
    path.write_text(
        "app: shop\nsubscriptions:\n"
        + "".join(f"  - {{name: Reader{n}, topic: orders, expiration: never}}\n" for n in range(3))
    )
    proxy = FaultProxy(emulator.url)
    # The topic is made, then nothing comes back any more.
    proxy.rule = lambda method, path, number: CUT if method == "PUT" and number > 2 else PASS
    faulty = ["--endpoint", proxy.url, "-o", "json"]
    status, out, words = taskdeck.run("subscriptions", "apply", "--yes", "--source", str(path), *faulty)
    assert status == 3, words
    number = str(json.loads(out)["journal"])
    assert f"journal resume {number}" in json.loads(words)["error"]["remedy"]
    # An entry is gone on with where it was made, and nowhere else.
    elsewhere = taskdeck.run("journal", "resume", number, "--endpoint", emulator.url, "-o", "json")
    assert (elsewhere.status, "of another endpoint" in elsewhere.stderr) == (1, True)
    proxy.rule = lambda method, path, number: PASS
    done = taskdeck.run("journal", "resume", number, *faulty)
    assert done.status == 0, done.stderr
    assert set(json.loads(done.stdout)["added"]) == {"orders", "shop--Reader0", "shop--Reader1", "shop--Reader2"}
    assert names(subscriber) == {"shop--Reader0", "shop--Reader1", "shop--Reader2"}
    undone = taskdeck.run("journal", "undo", number, "--yes", *faulty)
    assert undone.status == 0, undone.stderr
    assert set(json.loads(undone.stdout)["deleted"]) == {"orders", "shop--Reader0", "shop--Reader1", "shop--Reader2"}
    assert names(subscriber) == set()
    assert [entry["state"] for entry in taskdeck.json("journal", "list")] == ["complete", "complete"]
    proxy.stop()
