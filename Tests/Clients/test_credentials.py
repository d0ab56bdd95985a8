"""Credentials beside google-auth: both get a token the same way and use it, and what each sent is compared."""

import json
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import google.auth
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import credentials as google_credentials
from google.auth import impersonated_credentials
from google.auth.compute_engine import _metadata
from google.auth.transport.requests import Request

from helpers.credential_files import (
    DEPLOYER,
    JWT_TYPE,
    POOL,
    WORKFORCE,
    authorized_user,
    external_account,
    impersonation_url,
    pem,
    service_account,
    workforce_user,
)
from helpers.fake_token_server import FakeTokenServer, Seen

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
SECRETS = ("user-refresh-token", "user-client-secret", "PRIVATE KEY", "ya29.", "subject-from")


class Redirected(Request):
    """google-auth's transport, with Google's hosts replaced: some of them are constants in it."""

    HOSTS = ("https://oauth2.googleapis.com", "https://iamcredentials.googleapis.com")

    def __init__(self, server: FakeTokenServer):
        super().__init__()
        self._server = server

    def __call__(self, url, *arguments, **named):
        for host in self.HOSTS:
            url = url.replace(host, self._server.url)
        return super().__call__(url, *arguments, **named)


@pytest.fixture
def server() -> Iterator[FakeTokenServer]:
    fake = FakeTokenServer()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def private_key() -> str:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def deck(taskdeck, server, monkeypatch):
    """taskdeck with the fake as Cloud Tasks, credentials kept; `environment` is both clients' from then on."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_QUOTA_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    taskdeck.environment |= {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS": server.url,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER": server.url,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": server.url,
        "GOOGLE_CLOUD_PROJECT": "shop",
    }
    return taskdeck


@pytest.fixture
def credential_file(deck, tmp_path) -> Callable[[dict], Path]:
    """Writes a credential file, names it in the environment, and gives its path."""

    def write(content: dict | str) -> Path:
        path = tmp_path / "credentials.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(0o600)
        tmp_path.chmod(0o700)
        deck.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(path)
        return path

    return write


def loaded(path: Path, request: Request):
    """google-auth's credentials of a file, scoped as its clients scope them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, _ = google.auth.load_credentials_from_file(str(path), request=request)
    return google_credentials.with_scopes_if_required(found, SCOPES)


def sent_by_google(server: FakeTokenServer, found) -> list[Seen]:
    """What google-auth sends to get a token and to use it."""
    request = Redirected(server)
    found.refresh(request)
    headers: dict[str, str] = {}
    found.apply(headers)
    request(f"{server.url}/v2/api", "GET", headers=headers)
    return server.take()


def sent_by_taskdeck(server: FakeTokenServer, deck, *flags: str) -> list[Seen]:
    """What taskdeck sends to get a token and to use it once; it must succeed and show no secret."""
    status, stdout, stderr = deck.run("queues", "list", "-o", "json", "--verbose", *flags)
    assert (status, stdout.strip()) == (0, "[]"), stderr
    assert not [secret for secret in SECRETS if secret in stdout + stderr]
    return server.take()


def assert_same(ours: list[Seen], googles: list[Seen]) -> None:
    """The same requests in the same order; of the API's own, the headers that the credentials add."""
    assert [seen.comparable() for seen in ours[:-1]] == [seen.comparable() for seen in googles[:-1]]
    assert ours[-1].path.startswith("/v2") and googles[-1].path.startswith("/v2")
    assert ours[-1].comparable()["headers"] == googles[-1].comparable()["headers"]
    assert "authorization" in ours[-1].headers


# Service accounts


def test_a_service_account_asks_its_token_uri_for_a_grant(server, deck, credential_file, private_key):
    path = credential_file(service_account(server, private_key))
    googles = sent_by_google(server, loaded(path, Redirected(server)))
    ours = sent_by_taskdeck(server, deck)
    assert [seen.path for seen in googles[:-1]] == ["/token"]
    assert_same(ours, googles)


@pytest.mark.parametrize("switch", [None, "true"])
def test_a_service_account_of_google_signs_for_itself(server, deck, credential_file, private_key, switch):
    """Without the switch it is Google's token_uri that says so; with it, any."""
    uri = {} if switch else {"token_uri": "https://oauth2.googleapis.com/token"}
    path = credential_file(service_account(server, private_key, **uri))
    if switch:
        deck.environment["CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT"] = switch
    found = loaded(path, Redirected(server)).with_always_use_jwt_access(True)
    googles = sent_by_google(server, found)
    ours = sent_by_taskdeck(server, deck)
    assert len(googles) == 1
    assert_same(ours, googles)


# People


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"quota_project_id": "paying"},
        {"rapt_token": "proof", "scopes": ["openid", "https://www.googleapis.com/auth/cloud-platform"]},
    ],
)
def test_a_person_refreshes(server, deck, credential_file, changes):
    path = credential_file(authorized_user(server, **changes))
    assert_same(sent_by_taskdeck(server, deck), sent_by_google(server, loaded(path, Redirected(server))))


def test_the_quota_project_of_the_environment_wins(server, deck, credential_file, monkeypatch):
    path = credential_file(authorized_user(server, quota_project_id="paying"))
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "other")
    deck.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "other"
    ours = sent_by_taskdeck(server, deck)
    assert ours[-1].headers["x-goog-user-project"] == "other"
    assert_same(ours, sent_by_google(server, loaded(path, Redirected(server))))


def test_gclouds_file_is_found_without_a_variable(server, deck):
    folder = deck.home / "gcloud"
    (folder / "configurations").mkdir(parents=True)
    path = folder / "application_default_credentials.json"
    path.write_text(json.dumps(authorized_user(server)))
    path.chmod(0o600)
    (folder / "active_config").write_text("work\n")
    (folder / "configurations" / "config_work").write_text("[core]\nproject = configured\n[compute]\nregion=us-east4\n")
    deck.environment["CLOUDSDK_CONFIG"] = str(folder)
    del deck.environment["GOOGLE_CLOUD_PROJECT"]
    ours = sent_by_taskdeck(server, deck)
    assert ours[-1].path.endswith("/projects/configured/locations/us-east4/queues")
    assert_same(ours, sent_by_google(server, loaded(path, Redirected(server))))


def test_a_workforce_user_refreshes(server, deck, credential_file):
    path = credential_file(workforce_user(server, client_id="client:id", quota_project_id="paying"))
    assert_same(sent_by_taskdeck(server, deck), sent_by_google(server, loaded(path, Redirected(server))))


# Impersonation


@pytest.mark.parametrize("delegates", [None, [], ["projects/-/serviceAccounts/middle@shop.iam.gserviceaccount.com"]])
@pytest.mark.parametrize("source", ["person", "robot", "workforce"])
def test_a_file_that_impersonates(server, deck, credential_file, private_key, source, delegates):
    callers = {
        "person": authorized_user(server, quota_project_id="callers"),
        "robot": service_account(server, private_key),
        "workforce": workforce_user(server),
    }
    content = {
        "type": "impersonated_service_account",
        "service_account_impersonation_url": impersonation_url(server),
        "source_credentials": callers[source],
        "quota_project_id": "paying",
    }
    path = credential_file(content if delegates is None else content | {"delegates": delegates})
    googles = sent_by_google(server, loaded(path, Redirected(server)))
    assert googles[-1].headers["authorization"] == "Bearer ya29.impersonated"
    assert_same(sent_by_taskdeck(server, deck), googles)


@pytest.mark.parametrize("how", ["--impersonate", "TASKDECK_IMPERSONATE", "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"])
def test_credentials_of_any_kind_can_impersonate(server, deck, credential_file, private_key, how):
    path = credential_file(service_account(server, private_key))
    flags = [how, DEPLOYER] if how.startswith("--") else []
    if not flags:
        deck.environment[how] = DEPLOYER
    found = impersonated_credentials.Credentials(loaded(path, Redirected(server)), DEPLOYER, SCOPES)
    assert_same(sent_by_taskdeck(server, deck, *flags), sent_by_google(server, found))


def test_the_accounts_before_the_last_are_delegates(server, deck, credential_file):
    credential_file(authorized_user(server))
    ours = sent_by_taskdeck(server, deck, "--impersonate", f"middle@shop.iam.gserviceaccount.com,{DEPLOYER}")
    asked = json.loads(ours[1].body)
    assert ours[1].path.endswith(f"/{DEPLOYER}:generateAccessToken")
    assert asked["delegates"] == ["projects/-/serviceAccounts/middle@shop.iam.gserviceaccount.com"]


# Workload identity


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("impersonates", [False, True])
def test_a_subject_token_from_a_file(server, deck, credential_file, tmp_path, as_json, impersonates):
    token = tmp_path / "token"
    token.write_text(json.dumps({"deep": "subject-from-file"}) if as_json else "subject-from-file + /=")
    source = {"file": str(token)}
    if as_json:
        source["format"] = {"type": "json", "subject_token_field_name": "deep"}
    changes = {"quota_project_id": "paying"}
    if impersonates:
        changes |= {
            "service_account_impersonation_url": impersonation_url(server),
            "service_account_impersonation": {"token_lifetime_seconds": 2800},
        }
    path = credential_file(external_account(server, source, **changes))
    googles = sent_by_google(server, loaded(path, Redirected(server)))
    assert [seen.path for seen in googles][0] == "/sts" and len(googles) == (3 if impersonates else 2)
    assert_same(sent_by_taskdeck(server, deck), googles)


def test_a_subject_token_from_a_url(server, deck, credential_file):
    source = {
        "url": f"{server.url}/subject?audience=x",
        "headers": {"X-Subject": "please"},
        "format": {"type": "json", "subject_token_field_name": "token"},
    }
    changes = {"client_id": "pool client", "client_secret": "user-client-secret"}
    path = credential_file(external_account(server, source, **changes))
    googles = sent_by_google(server, loaded(path, Redirected(server)))
    assert [seen.path for seen in googles[:2]] == ["/subject", "/sts"]
    assert_same(sent_by_taskdeck(server, deck), googles)


def test_a_workforce_pool_names_its_users_project(server, deck, credential_file, tmp_path):
    (tmp_path / "token").write_text("subject-from-file")
    source = {"file": str(tmp_path / "token")}
    changes = {"audience": WORKFORCE, "workforce_pool_user_project": "staff-project"}
    path = credential_file(external_account(server, source, **changes))
    assert_same(sent_by_taskdeck(server, deck), sent_by_google(server, loaded(path, Redirected(server))))


@pytest.fixture
def program(tmp_path) -> Path:
    """A program that prints a subject token in Google's JSON, and leaves a trace of having run."""
    path = tmp_path / "give token.py"
    path.write_text(
        f"#!{sys.executable}\n"
        "import json, os, pathlib, sys\n"
        f"pathlib.Path({str(tmp_path / 'ran')!r}).write_text(os.environ['GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE'])\n"
        f"print(json.dumps({{'version': 1, 'success': True, 'token_type': {JWT_TYPE!r},"
        " 'id_token': 'subject-from-program ' + sys.argv[1], 'expiration_time': 4102444800}))\n"
    )
    path.chmod(0o700)
    return path


def test_a_subject_token_from_a_program(server, deck, credential_file, program, monkeypatch):
    source = {"executable": {"command": f"'{program}' \"a b\"", "timeout_millis": 20000}}
    path = credential_file(external_account(server, source))
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    deck.environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1"
    googles = sent_by_google(server, loaded(path, Redirected(server)))
    assert googles[0].form()["subject_token"] == "subject-from-program a b"
    assert_same(sent_by_taskdeck(server, deck), googles)
    assert (program.parent / "ran").read_text() == POOL


def test_a_program_is_not_run_without_the_opt_in(server, deck, credential_file, program):
    path = credential_file(external_account(server, {"executable": {"command": f"'{program}' x"}}))
    status, _, stderr = deck.run("queues", "list")
    assert status == 1 and str(path) in stderr and "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES" in stderr
    assert not (program.parent / "ran").exists()


def test_a_program_named_where_others_can_write_is_not_run(server, deck, credential_file, program):
    path = credential_file(external_account(server, {"executable": {"command": f"'{program}' x"}}))
    deck.environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1"
    path.chmod(0o622)
    status, _, stderr = deck.run("queues", "list")
    assert status == 1 and "others may write" in stderr
    assert not (program.parent / "ran").exists()


# Machines of Google's


def test_the_metadata_server_is_the_last_resort(server, deck, monkeypatch):
    for name in ("GCE_METADATA_HOST", "GCE_METADATA_IP"):
        monkeypatch.setenv(name, server.host)
        deck.environment[name] = server.host
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", server.host)
    monkeypatch.setattr(_metadata, "_NO_GCE_CHECK", False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(deck.home / "none"))
    del deck.environment["GOOGLE_CLOUD_PROJECT"]
    found, project = google.auth.default(scopes=SCOPES, request=Redirected(server))
    assert (project, found.universe_domain) == ("machine-project", "googleapis.com")
    googles = sent_by_google(server, found)
    ours = sent_by_taskdeck(server, deck)
    assert [seen.path for seen in googles][0] == "/" and len(googles) == 6
    assert "/projects/machine-project/" in ours[-1].path
    assert_same(ours, googles)


@pytest.mark.parametrize(("name", "value"), [("NO_GCE_CHECK", "true"), ("CLOUDSDK_CORE_CHECK_GCE_METADATA", "false")])
def test_the_metadata_server_is_left_alone_when_told_so(server, deck, name, value):
    deck.environment |= {"GCE_METADATA_HOST": server.host, name: value}
    status, _, stderr = deck.run("queues", "list")
    assert (status, server.take()) == (1, [])
    assert "There are no credentials" in stderr and name in stderr


# Tokens that somebody else got


def test_a_token_in_the_environment_is_used_as_it_is(server, deck, credential_file):
    credential_file(authorized_user(server))
    deck.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"] = "ya29.given"
    (only,) = sent_by_taskdeck(server, deck)
    assert only.headers["authorization"] == "Bearer ya29.given"


def test_a_token_command_is_run_without_a_shell(server, deck, tmp_path):
    program = tmp_path / "print token"
    program.write_text('#!/bin/sh\necho "ya29.$1-$#"\n')
    program.chmod(0o700)
    deck.environment["TASKDECK_TOKEN_COMMAND"] = f"'{program}' $HOME|cat '*'"
    (only,) = sent_by_taskdeck(server, deck)
    assert only.headers["authorization"] == "Bearer ya29.$HOME|cat-2"


def test_a_token_command_that_fails_says_so(server, deck, tmp_path):
    program = tmp_path / "fail"
    program.write_text("#!/bin/sh\necho ya29.leak\necho 'You are not logged in.' >&2\nexit 3\n")
    program.chmod(0o700)
    deck.environment["TASKDECK_TOKEN_COMMAND"] = str(program)
    status, stdout, stderr = deck.run("queues", "list")
    assert (status, stdout) == (1, "")
    assert "TASKDECK_TOKEN_COMMAND" in stderr and "You are not logged in." in stderr and "ya29" not in stderr


# What is wrong is said, with the file's name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("not json", "not JSON"),
        ("[]", "not an object"),
        ({"type": "wrong"}, "its type is wrong"),
        ({"type": None}, "no type"),
        ({"client_email": None}, "no client_email"),
        ({"private_key": None}, "no private_key"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}, "private_key is unusable"),
        ({"private_key": pem(ec.generate_private_key(ec.SECP256R1()))}, "not an RSA key"),
        ({"private_key": 7}, "private_key is not a string"),
    ],
)
def test_a_broken_key_file_is_named(server, deck, credential_file, private_key, change, words):
    broken = change if isinstance(change, str) else service_account(server, private_key, **change)
    path = credential_file(broken)
    del deck.environment["GOOGLE_CLOUD_PROJECT"]
    status, stdout, stderr = deck.run("queues", "list")
    assert (status, stdout, server.take()) == (1, "", [])
    assert str(path) in stderr and words in stderr
    assert len(stderr.splitlines()) == 3


def test_aws_is_refused_in_clear_words(server, deck, credential_file):
    source = {"environment_id": "aws1", "regional_cred_verification_url": "https://sts.example"}
    path = credential_file(external_account(server, source))
    status, _, stderr = deck.run("queues", "list")
    assert status == 1 and str(path) in stderr and "AWS" in stderr


def test_a_refusal_of_the_token_endpoint_is_passed_on(server, deck, credential_file):
    path = credential_file(authorized_user(server))
    server.refuse("/token", 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
    status, _, stderr = deck.run("queues", "list")
    assert status == 1 and str(path) in stderr and f"{server.url}/token" in stderr
    assert "Token has been expired or revoked." in stderr
    assert not [secret for secret in SECRETS if secret in stderr]


def test_a_key_file_that_others_can_read_is_warned_of_once(server, deck, credential_file, private_key):
    path = credential_file(service_account(server, private_key))
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IROTH)
    status, stdout, stderr = deck.run("queues", "list", "-o", "json")
    assert (status, stdout.strip()) == (0, "[]")
    assert stderr.count(str(path)) == 2 and "can be read by others" in stderr and len(stderr.splitlines()) == 1


def test_credentials_of_another_universe_are_refused(server, deck, credential_file, private_key):
    credential_file(service_account(server, private_key, universe_domain="example.cloud"))
    deck.environment["GOOGLE_CLOUD_UNIVERSE_DOMAIN"] = "googleapis.com"
    status, _, stderr = deck.run("queues", "list")
    assert (status, server.take()) == (1, [])
    assert "example.cloud" in stderr and "GOOGLE_CLOUD_UNIVERSE_DOMAIN" in stderr


def test_the_endpoint_follows_the_universe(server, deck, credential_file, private_key):
    credential_file(service_account(server, private_key, universe_domain="universe.invalid"))
    for name in ("CLOUDTASKS", "CLOUDSCHEDULER"):
        del deck.environment[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}"]
    status, _, stderr = deck.run("queues", "list", "--location", "us-central1")
    assert status == 1 and "https://cloudtasks.universe.invalid" in stderr


def test_a_broken_gcloud_configuration_names_its_line(server, deck, credential_file):
    credential_file(authorized_user(server))
    folder = deck.home / "gcloud" / "configurations"
    folder.mkdir(parents=True)
    (folder / "config_default").write_text("[core]\nproject = p\nnonsense\n")
    deck.environment["CLOUDSDK_CONFIG"] = str(folder.parent)
    status, _, stderr = deck.run("queues", "list")
    assert status == 64 and f"{folder}/config_default:3" in stderr
