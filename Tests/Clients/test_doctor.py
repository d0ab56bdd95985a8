"""`taskdeck doctor` with one fault at a time: it names the fault and what to do about it, and never hangs."""

import json
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator

import pytest

from helpers.credential_files import authorized_user
from helpers.scripted_google import Answer, ScriptedGoogle, refusal

QUEUE = {"name": "projects/shop/locations/us-central1/queues/orders", "state": "RUNNING"}
QUEUES = "/locations/us-central1/queues"
PROJECT_PERMISSIONS = "/v1/projects/shop:testIamPermissions"
TOKEN = "ya29.secret-of-the-test"


@pytest.fixture
def google() -> Iterator[ScriptedGoogle]:
    server = ScriptedGoogle({QUEUES: Answer(body={"queues": [QUEUE]})})
    yield server
    server.stop()


@pytest.fixture
def deck(taskdeck, google):
    """taskdeck with a token, and the scripted server in the place of Google's."""
    services = ("CLOUDTASKS", "CLOUDSCHEDULER", "PUBSUB", "CLOUDRESOURCEMANAGER")
    taskdeck.environment |= {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": google.url for name in services}
    taskdeck.environment |= {
        "CLOUDSDK_AUTH_ACCESS_TOKEN": TOKEN,
        "GOOGLE_CLOUD_PROJECT": "shop",
        "CLOUDSDK_COMPUTE_REGION": "us-central1",
        "TERM": "xterm-256color",
        "NO_GCE_CHECK": "1",
    }
    return taskdeck


def diagnose(deck, *flags: str) -> tuple[int, dict[str, dict]]:
    """The status and the checks by name; no secret is in any of it, and each check has all its fields."""
    status, stdout, stderr = deck.run("doctor", "-o", "json", *flags)
    assert TOKEN not in stdout + stderr
    document = json.loads(stdout)
    assert list(document) == ["checks"]
    for check in document["checks"]:
        assert list(check) == ["name", "status", "detail", "remedy"], check
        assert check["status"] in ("ok", "warn", "fail")
        assert check["remedy"] or check["status"] == "ok", f"a fault without a remedy: {check}"
    checks = {check["name"]: check for check in document["checks"]}
    assert status == (1 if any(check["status"] == "fail" for check in document["checks"]) else 0)
    return status, checks


def test_all_is_well_on_an_emulator(taskdeck, emulator):
    status, checks = diagnose(taskdeck, "--endpoint", emulator.url)
    assert status == 0
    assert checks["Cloud Tasks us-central1"]["status"] == "ok"
    assert checks["connection 127.0.0.1"]["status"] == "ok"
    assert "no credentials" in checks["permissions"]["detail"]


def test_a_dead_emulator_is_said_to_be_dead(taskdeck):
    status, checks = diagnose(taskdeck, "--endpoint", "http://127.0.0.1:9")
    assert status == 1
    assert "nothing listens there" in checks["connection 127.0.0.1"]["detail"]
    assert "taskdeck emulator" in checks["connection 127.0.0.1"]["remedy"]
    assert checks["Cloud Tasks"]["detail"] == "not asked: there is no connection"


def test_words_are_printed_for_people_with_the_remedy_below(taskdeck):
    status, stdout, stderr = taskdeck.run("doctor", "--endpoint", "http://127.0.0.1:9")
    assert status == 1
    assert "FAIL  connection 127.0.0.1" in stdout
    assert "→ Start one with `taskdeck emulator`" in stdout
    assert stderr == ""


def test_missing_permissions_are_named_with_role_and_command(deck, google):
    granted = ["cloudtasks.queues.list", "cloudtasks.queues.get", "cloudtasks.tasks.list", "cloudtasks.tasks.get"]
    google.answers[PROJECT_PERMISSIONS] = Answer(body={"permissions": [*granted, "cloudtasks.tasks.fullView"]})
    google.answers["/queues/orders:testIamPermissions"] = Answer(body={"permissions": ["cloudtasks.tasks.run"]})
    status, checks = diagnose(deck)
    assert status == 0, "what only changes need is a warning"
    assert checks["may browse queues and tasks"]["status"] == "ok"
    assert checks["may run tasks"]["status"] == "ok", "a queue may allow what its project does not"
    discard = checks["may discard tasks"]
    assert discard["status"] == "warn"
    assert "cloudtasks.tasks.delete" in discard["detail"]
    assert "roles/cloudtasks.taskDeleter" in discard["remedy"]
    assert "gcloud projects add-iam-policy-binding shop " in discard["remedy"]
    assert "roles/cloudscheduler.admin" in checks["may change schedules"]["remedy"]


def test_who_cannot_browse_fails(deck, google):
    google.answers[PROJECT_PERMISSIONS] = Answer(body={})
    status, checks = diagnose(deck)
    assert status == 1
    assert "cloudtasks.tasks.list" in checks["may browse queues and tasks"]["detail"]
    assert "roles/cloudtasks.viewer" in checks["may browse queues and tasks"]["remedy"]


def test_permissions_that_cannot_be_asked_for_are_a_warning(deck, google):
    message = "Cloud Resource Manager API has not been used in project 7 before or it is disabled."
    google.answers[PROJECT_PERMISSIONS] = refusal(
        403, "PERMISSION_DENIED", message, "SERVICE_DISABLED", service="cloudresourcemanager.googleapis.com"
    )
    status, checks = diagnose(deck)
    assert checks["permissions"]["status"] == "warn"
    assert "gcloud services enable cloudresourcemanager.googleapis.com --project=shop" in checks["permissions"]["remedy"]


def test_an_api_that_is_off_and_a_missing_permission_are_two_things(deck, google):
    google.answers[QUEUES] = refusal(
        403, "PERMISSION_DENIED", "off", "SERVICE_DISABLED", service="cloudtasks.googleapis.com"
    )
    google.answers["/locations/us-central1/jobs"] = refusal(
        403,
        "PERMISSION_DENIED",
        'The principal lacks IAM permission "cloudscheduler.jobs.list" for the resource "projects/shop".',
    )
    status, checks = diagnose(deck)
    assert status == 1
    tasks, jobs = checks["Cloud Tasks us-central1"], checks["Cloud Scheduler us-central1"]
    assert "is not enabled" in tasks["detail"]
    assert "gcloud services enable cloudtasks.googleapis.com --project=shop" in tasks["remedy"]
    assert "roles/cloudscheduler.viewer" in jobs["remedy"]
    assert "cloudscheduler.jobs.list" in jobs["detail"]


def test_a_token_that_is_not_accepted_is_about_the_credentials(deck, google):
    google.answers[QUEUES] = refusal(401, "UNAUTHENTICATED", "invalid credentials", "ACCESS_TOKEN_EXPIRED")
    status, checks = diagnose(deck)
    tasks = checks["Cloud Tasks us-central1"]
    assert status == 1
    assert "expired or revoked" in tasks["detail"]
    assert "CLOUDSDK_AUTH_ACCESS_TOKEN" in tasks["remedy"], "such a token cannot renew itself"


def test_a_revoked_login_says_to_log_in_again(deck, google, tmp_path):
    del deck.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"]
    file = tmp_path / ".config/gcloud/application_default_credentials.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(authorized_user(google)))
    file.chmod(0o600)
    google.answers["/token"] = Answer(
        400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    )
    status, checks = diagnose(deck)
    assert status == 1
    assert "expired or revoked" in checks["token"]["detail"]
    assert checks["token"]["remedy"] == "Log in again: gcloud auth application-default login"
    assert "Cloud Tasks us-central1" not in checks, "nothing is asked without a token"


def test_a_broken_credential_file_is_named(deck, tmp_path):
    del deck.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"]
    file = tmp_path / "key.json"
    file.write_text('{"type": "service_account"')
    deck.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(file)
    status, checks = diagnose(deck)
    assert status == 1
    assert str(file) in checks["credentials"]["detail"]
    assert checks["context"]["status"] == "ok", "what is known of the context is still told"


def test_no_credentials_at_all(deck):
    del deck.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"]
    status, checks = diagnose(deck)
    assert status == 1
    assert "gcloud auth application-default login" in checks["credentials"]["remedy"]


def test_a_token_command_is_not_printed_with_its_arguments(deck):
    del deck.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"]
    deck.environment["TASKDECK_TOKEN_COMMAND"] = f"echo {TOKEN}"
    status, checks = diagnose(deck)
    assert "the output of echo" in checks["credentials"]["detail"]


@pytest.mark.parametrize(("ahead", "status", "word"), [(-600, "fail", "ahead of"), (90, "warn", "behind"), (5, "ok", "")])
def test_the_clock_is_held_against_the_servers(deck, google, ahead, status, word):
    google.ahead = ahead
    _, checks = diagnose(deck)
    assert checks["clock"]["status"] == status
    assert word in checks["clock"]["detail"]


def test_a_server_that_hangs_is_given_up_and_hides_no_other_check(deck, google):
    google.answers[QUEUES] = Answer(after=50)
    began = time.monotonic()
    status, checks = diagnose(deck)
    assert time.monotonic() - began < 30
    assert status == 1
    assert "within 10 s" in checks["Cloud Tasks us-central1"]["detail"]
    assert checks["Cloud Scheduler us-central1"]["status"] == "ok"


def test_a_certificate_that_does_not_hold(deck, google, tmp_path):
    pem = tmp_path / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(pem), "-out", str(tmp_path / "c.pem")],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", pem)
    server = ScriptedGoogle({QUEUES: Answer(body={"queues": [QUEUE]})})
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    try:
        url = server.url.replace("http:", "https:")
        for name in ("CLOUDTASKS", "CLOUDSCHEDULER", "PUBSUB"):
            deck.environment[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}"] = url
        status, checks = diagnose(deck)
        assert status == 1
        assert "TLS" in checks["connection 127.0.0.1"]["detail"]
        assert "ca-file" in checks["connection 127.0.0.1"]["remedy"]
        deck.environment["CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"] = str(tmp_path / "c.pem")
        status, checks = diagnose(deck)
        assert checks["connection 127.0.0.1"]["status"] == "ok"
        assert "c.pem" in checks["connection 127.0.0.1"]["detail"]
        assert checks["Cloud Tasks us-central1"]["status"] == "ok"
        deck.environment["CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"] = str(tmp_path / "missing.pem")
        status, checks = diagnose(deck)
        assert status == 1
        assert "missing.pem" in checks["context"]["detail"]
    finally:
        server.stop()


def test_a_proxy_that_is_not_there_is_named_without_its_password(deck):
    for name in ("CLOUDTASKS", "CLOUDSCHEDULER", "PUBSUB"):
        deck.environment[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}"] = "https://cloudtasks.example.test"
    deck.environment["HTTPS_PROXY"] = "http://user:hunter2@127.0.0.1:9"
    status, stdout, stderr = deck.run("doctor")
    assert status == 1
    assert "HTTPS_PROXY names the proxy http://127.0.0.1:9" in stdout
    assert "hunter2" not in stdout + stderr


def test_a_broken_configuration_is_told_by_line_and_column(deck, tmp_path):
    (tmp_path / "taskdeck.yaml").write_text("contexts:\n  prod: {project: shop, protcted: true}\n")
    status, checks = diagnose(deck)
    assert status == 1
    assert "taskdeck.yaml:2:25" in checks["configuration"]["detail"]
    assert "protected" in checks["configuration"]["remedy"]
    assert checks["terminal"]["status"] == "ok", "the rest is looked at all the same"


def test_a_faulty_theme_is_told_by_line(deck, tmp_path):
    themes = tmp_path / "config/taskdeck/themes"
    themes.mkdir(parents=True)
    (themes / "mine.yaml").write_text("name: mine\nroles:\n  nonsense: red\n")
    (tmp_path / "config/taskdeck/config.yaml").write_text("theme: pink\n")
    status, checks = diagnose(deck)
    assert "3" in checks["theme mine"]["detail"]
    assert "config.yaml:1:8" in checks["theme pink"]["detail"]


@pytest.mark.parametrize(
    ("variables", "name", "word"),
    [
        ({"TERM": ""}, "terminal", "TERM is not set"),
        ({"TERM": "dumb"}, "terminal", "dumb"),
        ({"TERM": "no-such-terminal"}, "terminal", "no-such-terminal"),
        ({"LC_ALL": "POSIX"}, "locale", "not UTF-8"),
        ({"DISPLAY": ":9", "PATH": "/nowhere"}, "clipboard", "xclip is not installed"),
    ],
)
def test_the_terminal(deck, variables, name, word):
    deck.environment |= variables
    _, checks = diagnose(deck)
    assert checks[name]["status"] == "warn"
    assert word in checks[name]["detail"]


def test_a_journal_that_others_can_read_or_nobody_can_write(deck, tmp_path):
    _, checks = diagnose(deck)
    assert "not there yet" in checks["journal"]["detail"]
    assert not (tmp_path / "state").exists(), "a diagnosis writes nothing"
    folder = tmp_path / "state/taskdeck"
    folder.mkdir(parents=True)
    (folder / "journal.db").touch(0o644)
    (folder / "journal.db").chmod(0o644)
    status, checks = diagnose(deck)
    assert status == 1
    assert f"chmod 600 '{folder}/journal.db'" in checks["journal"]["remedy"]
    (folder / "journal.db").chmod(stat.S_IRUSR | stat.S_IWUSR)
    (folder / "journal.db").write_text("this is no database, and longer than a header of one would be" * 20)
    status, checks = diagnose(deck)
    assert checks["journal"]["status"] == "fail"
