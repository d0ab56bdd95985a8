"""Credential files of every kind, with the fake server as every endpoint."""

from cryptography.hazmat.primitives import serialization

from helpers.fake_token_server import FakeTokenServer

DEPLOYER = "deployer@shop.iam.gserviceaccount.com"
POOL = "//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/ci/providers/gitlab"
WORKFORCE = "//iam.googleapis.com/locations/global/workforcePools/staff/providers/okta"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"


def pem(key) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def service_account(server: FakeTokenServer, key: str, **changes: object) -> dict:
    fields = {
        "type": "service_account",
        "project_id": "key-project",
        "private_key_id": "key-1",
        "private_key": key,
        "client_email": "robot@shop.iam.gserviceaccount.com",
        "token_uri": f"{server.url}/token",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def authorized_user(server: FakeTokenServer, **changes: object) -> dict:
    return {
        "type": "authorized_user",
        "client_id": "client.apps.googleusercontent.com",
        "client_secret": "user-client-secret",
        "refresh_token": "1//user-refresh-token +/=",
        "token_uri": f"{server.url}/token",
    } | changes


def external_account(server: FakeTokenServer, source: dict, **changes: object) -> dict:
    return {
        "type": "external_account",
        "audience": POOL,
        "subject_token_type": JWT_TYPE,
        "token_url": f"{server.url}/sts",
        "credential_source": source,
    } | changes


def workforce_user(server: FakeTokenServer, **changes: object) -> dict:
    return {
        "type": "external_account_authorized_user",
        "audience": WORKFORCE,
        "refresh_token": "user-refresh-token",
        "token_url": f"{server.url}/sts",
        "client_id": "id",
        "client_secret": "user-client-secret",
    } | changes


def impersonation_url(server: FakeTokenServer) -> str:
    return f"{server.url}/v1/projects/-/serviceAccounts/{DEPLOYER}:generateAccessToken"
