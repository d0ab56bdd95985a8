"""Makes gcp-pilot speak REST to an emulator, anonymously.

gcp-pilot builds Google's clients with their defaults: gRPC to googleapis.com, with the machine's credentials. Google's
Python clients for Cloud Tasks and Cloud Scheduler know no emulator variable (googleapis/python-tasks#333), and that of
Pub/Sub means gRPC, so the two seams that gcp-pilot leaves open are used: `google.auth.default`, and
`_get_client_extra_kwargs`.
"""

import json

import google.auth
import grpc
from gcp_pilot.pubsub import CloudPublisher, CloudSubscriber
from gcp_pilot.scheduler import CloudScheduler
from gcp_pilot.tasks import CloudTasks
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials

_ACCOUNT = "runner@local.iam.gserviceaccount.com"


class _Account(AnonymousCredentials):
    """Anonymous, but with the e-mail address that gcp-pilot writes into every OIDC token."""

    service_account_email = _ACCOUNT

    def with_scopes(self, *_: object, **__: object) -> "_Account":
        return self


def install(endpoint: str, project: str) -> None:
    """From now on every Cloud Tasks, Cloud Scheduler and Pub/Sub client of gcp-pilot talks REST to `endpoint`."""
    google.auth.default = lambda *_, **__: (_Account(), project)
    for service in (CloudTasks, CloudScheduler, CloudPublisher, CloudSubscriber):
        service._get_client_extra_kwargs = lambda _: {
            "transport": "rest",
            "client_options": {"api_endpoint": endpoint},
        }
    exceptions.from_http_response = _error_of_status


_error_of_http_code = exceptions.from_http_response


def _error_of_status(response) -> exceptions.GoogleAPICallError:
    """The class that gRPC would have raised.

    Over REST, google-api-core chooses the class by HTTP code, so FAILED_PRECONDITION becomes BadRequest and
    ALREADY_EXISTS a plain Conflict. django-google-cloud-tasks was written for gRPC and branches on its classes.
    """
    try:
        error = json.loads(response.content)["error"]
        status = grpc.StatusCode[error["status"]]
    except (ValueError, KeyError, TypeError):
        return _error_of_http_code(response)
    return exceptions.from_grpc_status(status, error.get("message", ""), response=response)
