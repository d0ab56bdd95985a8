# Runs one task of the project, as `debug` of django-google-cloud-tasks does, but from a request instead of the cloud.

import dataclasses
import difflib
from datetime import datetime


def find_class(name):
    """The class in the library's registry, which knows it by its bare name."""
    from django_cloud_tasks.exceptions import TaskNotFound

    app = library()
    try:
        return app.get_task(name)
    except TaskNotFound:
        # Registered when its module is imported; the worker imports it with its URLs.
        import_everything()
    try:
        return app.get_task(name)
    except TaskNotFound:
        known = sorted({str(task) for task in app.get_tasks()})
        by_lower = {each.lower(): each for each in known}
        near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)
        raise Fault("class", name=name, near=[by_lower[each] for each in near]) from None


def find_function(path):
    """A function by its dotted path. What wraps it for retries or schedules is taken off."""
    from importlib import import_module

    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module_name = ".".join(parts[:length])
        try:
            found = import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name and (module_name == error.name or module_name.startswith(error.name + ".")):
                continue
            raise import_fault(error) from None
        except BaseException as error:
            raise import_fault(error) from None
        for part in parts[length:]:
            if not hasattr(found, part):
                near = difflib.get_close_matches(part, dir(found), n=1)
                hint = f"; it has {near[0]}" if near else ""
                raise Fault("function", name=path, reason=f"{module_name} has no {part}{hint}")
            found = getattr(found, part)
        # RetryableFunction and ScheduledTaskConfig keep the function in `func`; `execute` of the former would swallow
        # what it raises.
        if not isinstance(found, type) and callable(getattr(found, "func", None)):
            found = found.func
        if not callable(found):
            raise Fault("function", name=path, reason="it is not callable")
        return found
    raise Fault("function", name=path, reason=f"there is no module {parts[0]}")


def time_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def metadata_of(given, headers):
    """The project's own TaskMetadata class, filled as its worker would fill it and then with what is known better."""
    from django_cloud_tasks.context import set_current_headers

    app = library()
    allowed = {name.lower() for name in app.propagated_headers}
    # As HeadersContextMiddleware does, so that tasks pushed by this one carry them on.
    set_current_headers({name.title(): value for name, value in headers.items() if name.lower() in allowed})
    values = dict(given)
    limit = values.pop("max_retries", None)
    values["eta"] = time_of(values["eta"])
    values["cloud_scheduler_schedule_time"] = time_of(values["cloud_scheduler_schedule_time"])
    cls = app.get_task_metadata_class()
    if limit is not None:
        # The library asks the cloud for it at each access, which needs credentials.
        cls = type(cls.__name__, (cls,), {"max_retries": limit, "__module__": cls.__module__})
    names = {field.name for field in dataclasses.fields(cls)}
    values = {name: value for name, value in values.items() if name in names}
    try:
        # Django's request.headers has such names.
        metadata = cls.from_headers({name.title(): value for name, value in headers.items()})
    except Exception:
        # A class of the project's that needs more than a request has; its constructor it must have.
        metadata = cls(**values)
    for name, value in values.items():
        object.__setattr__(metadata, name, value)
    return metadata


def arguments_of(payload, cls):
    """The payload as keyword arguments; a push of Pub/Sub is unpacked as the library's view does."""
    from django_cloud_tasks.tasks import SubscriberTask

    if not isinstance(payload, dict):
        raise Fault("payload", reason=f"it is a JSON {type(payload).__name__}, and {cls} takes an object")
    message = payload.get("message")
    is_push = isinstance(message, dict) and ("data" in message or "attributes" in message)
    if issubclass(cls, SubscriberTask) and is_push and "content" not in payload:
        from gcp_pilot.pubsub import Message

        message.setdefault("attributes", {})
        loaded = Message.load(body=json.dumps(payload).encode(), parser=cls.message_parser())
        return {"content": loaded.data, "attributes": loaded.attributes}
    return payload


class _Elsewhere:
    """Stands in for a client of Google's where there are no credentials: says what would have been sent."""

    project_id = REQUEST["metadata"]["project_id"]

    def publish(self, message, topic_id, attributes=None, **_):
        print(f"not published, for there are no Google credentials here: {topic_id} {message} {attributes or {}}")
        return "--LOCAL--"  # gcp-pilot gives the ID of the message.

    def push(self, queue_name, url, payload="", **_):
        from google.cloud.tasks_v2 import Task

        print(f"not pushed, for there are no Google credentials here: {queue_name} {url} {payload}")
        return Task(name=f"projects/{self.project_id}/locations/-/queues/{queue_name}/tasks/--LOCAL--")


def stand_in_for_missing_credentials():
    """Without credentials, tasks that push or publish still run; with them they do what they always do."""
    from django_cloud_tasks.tasks import ModelPublisherTask, PublisherTask, Task
    from google.auth.exceptions import GoogleAuthError

    def guarded(original):
        def client(cls):
            try:
                return original(cls)
            except GoogleAuthError:
                return _Elsewhere()

        return classmethod(client)

    for cls, name in (
        (Task, "_get_tasks_client"),
        (PublisherTask, "_get_publisher_client"),
        (ModelPublisherTask, "_get_publisher_client"),
    ):
        # Behind the class method and the library's cache around it.
        cached = cls.__dict__[name].__func__
        setattr(cls, name, guarded(cached))


def plain(result):
    """The result as JSON, with the library's own encoder; what it cannot encode is text, as in the worker's answer."""
    if REQUEST["function"]:
        from django.core.serializers.json import DjangoJSONEncoder as Encoder
    else:
        from django_cloud_tasks.serializers import JSONEncoder as Encoder
    try:
        text = json.dumps(result, cls=Encoder, allow_nan=False)
    except (TypeError, ValueError):
        text = json.dumps(str(result))
    return json.loads(text)


def prepare():
    """What to call, and with which arguments."""
    payload = json.loads(REQUEST["payload"])
    if REQUEST["function"]:
        function = find_function(REQUEST["function"])
        if not isinstance(payload, dict):
            raise Fault("payload", reason=f"it is a JSON {type(payload).__name__}, and a function takes an object")
        return function, payload
    cls = find_class(REQUEST["class"])
    stand_in_for_missing_credentials()
    task = cls(metadata=metadata_of(REQUEST["metadata"], REQUEST["headers"]))
    return getattr(task, REQUEST["method"]), arguments_of(payload, cls)


def is_discard(error):
    try:
        from django_cloud_tasks.exceptions import DiscardTaskException
    except ImportError:
        return False  # A project of the Task Scheduler App alone.
    return isinstance(error, DiscardTaskException)


def main():
    # Without credentials Google's library asks for a metadata server, and waits for it three times.
    os.environ.setdefault("GCE_METADATA_TIMEOUT", "1")
    set_up()
    call, arguments = prepare()
    try:
        result = call(**arguments)
    except BaseException as error:
        if is_discard(error):
            print(words_of(error), file=sys.stderr)
            answer({"discarded": True, "reason": str(error)})
            return 0
        if REQUEST["debugs"]:
            import pdb

            show(error)
            print("Type h for help, q to leave.", file=sys.stderr)
            pdb.post_mortem(error.__traceback__)
            REQUEST["shown"] = True
        raise
    encoded = plain(result)
    if REQUEST["debugs"]:
        print(f"result: {json.dumps(encoded)}")
    answer({"result": encoded})
    return 0


perform(main)
