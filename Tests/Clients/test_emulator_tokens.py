"""The tokens on dispatches, verified the way an application does it: against the published key."""

import json
from urllib.request import urlopen

import google.auth.transport.requests
import jwt
import pytest
from google.cloud import scheduler_v1, tasks_v2
from google.oauth2 import id_token

from helpers.google_clients import PARENT, job_name, queue_name
from helpers.waiting import wait_until

ACCOUNT = "worker@local.iam.gserviceaccount.com"


def bearer(worker, path: str) -> str:
    kind, token = wait_until(lambda: worker.received(path), "the task at the worker")[0].headers["Authorization"].split(" ")
    assert kind == "Bearer"
    return token


def push(tasks, url: str, **authorization) -> None:
    queue = tasks.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=queue_name("orders")))
    request = tasks_v2.HttpRequest(url=url, **authorization)
    tasks.create_task(parent=queue.name, task=tasks_v2.Task(http_request=request))


def test_google_auth_verifies_an_identity_token(emulator, tasks, worker):
    url = worker.url + "/secret"
    push(tasks, url, oidc_token={"service_account_email": ACCOUNT})
    claims = id_token.verify_token(
        bearer(worker, "/secret"),
        google.auth.transport.requests.Request(),
        audience=url,
        certs_url=emulator.url + "/_emulator/jwks",
    )
    assert claims["iss"] == emulator.url
    assert (claims["email"], claims["email_verified"]) == (ACCOUNT, True)
    assert claims["exp"] - claims["iat"] == 3600


def test_pyjwt_finds_the_key_through_the_discovery_document(emulator, tasks, worker):
    push(tasks, worker.url + "/secret", oidc_token={"service_account_email": ACCOUNT, "audience": "me"})
    token = bearer(worker, "/secret")
    with urlopen(emulator.url + "/.well-known/openid-configuration", timeout=10) as answer:
        found = json.load(answer)
    key = jwt.PyJWKClient(found["jwks_uri"]).get_signing_key_from_jwt(token)
    algorithms = found["id_token_signing_alg_values_supported"]
    claims = jwt.decode(token, key, algorithms=algorithms, audience="me", issuer=found["issuer"])
    assert claims["email"] == ACCOUNT
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, key, algorithms=algorithms, audience="another")
    head, _, signature = token.split(".")
    forged = jwt.encode({"aud": "me"}, "x" * 32, algorithm="HS256").split(".")[1]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{forged}.{signature}", key, algorithms=algorithms, audience="me")


def test_an_access_token_has_the_scope_that_was_asked_for(emulator, tasks, worker):
    push(tasks, worker.url + "/api", oauth_token={"service_account_email": ACCOUNT, "scope": "https://scope.test/a"})
    token = bearer(worker, "/api")
    key = jwt.PyJWKClient(emulator.url + "/_emulator/jwks").get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, algorithms=["RS256"])["scope"] == "https://scope.test/a"


def test_a_job_signs_its_runs(emulator, scheduler, worker):
    target = scheduler_v1.HttpTarget(uri=worker.url + "/job", oidc_token={"service_account_email": ACCOUNT})
    job = scheduler_v1.Job(name=job_name("nightly"), schedule="0 3 * * *", http_target=target)
    scheduler.create_job(parent=PARENT, job=job)
    scheduler.run_job(name=job.name)
    key = jwt.PyJWKClient(emulator.url + "/_emulator/jwks")
    token = bearer(worker, "/job")
    claims = jwt.decode(
        token, key.get_signing_key_from_jwt(token), algorithms=["RS256"], audience=worker.url + "/job"
    )
    assert claims["email"] == ACCOUNT
