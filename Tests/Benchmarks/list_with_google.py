"""Lists a queue with Google's own Python client over REST and prints how many tasks there were."""

import sys

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud.tasks_v2 import CloudTasksClient, ListTasksRequest
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport

host = sys.argv[1].removeprefix("http://")
transport = CloudTasksRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
client = CloudTasksClient(transport=transport)
print(sum(1 for _ in client.list_tasks(ListTasksRequest(parent=sys.argv[2], page_size=1000))))
