# Reads what the project wants of Cloud Scheduler and Pub/Sub: every PeriodicTask and SubscriberTask with all of their
# hooks, and the SCHEDULED_TASKS lists of the Task Scheduler App. No client of Google's is made and nothing is sent.
#
# A class that cannot be read is reported and the rest goes on.

import inspect
from datetime import timedelta

UNREAD = []


def unread(name, error, place=None, id=None):
    UNREAD.append({"name": name, "id": id, "place": place, "reason": error if isinstance(error, str) else words_of(error)})


def place_of(thing, attribute=None):
    """File and line of a class or function, and of one of its attributes where that is written in it."""
    try:
        file = inspect.getsourcefile(thing)
        lines, first = inspect.getsourcelines(thing)
    except (OSError, TypeError):
        return {"file": f"{thing.__module__}.{thing.__qualname__}", "line": None}
    if is_theirs(file):
        file = os.path.relpath(file, REQUEST["directory"])
    if attribute:
        for number, line in enumerate(lines):
            if line.strip().startswith(attribute) and "=" in line:
                first += number
                break
    return {"file": file, "line": first}


def hook(cls, name, default=None):
    """A hook's value, whether it is a method or an attribute, as documents and code differ on that."""
    value = getattr(cls, name, default)
    return value() if callable(value) else value


def seconds(value):
    """A span as text that keeps fractions; numbers are seconds."""
    if value is None:
        return None
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is neither a timedelta nor a number of seconds")
    return f"{value:.9f}".rstrip("0").rstrip(".") + "s"


def whole(value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def text(value):
    return None if value is None else str(value)


def timing(value):
    if isinstance(value, timedelta):
        return {"every": seconds(value)}
    if isinstance(value, str) and value.strip():
        return {"text": value}
    if value is None:
        raise ValueError("run_every is not set")
    raise TypeError(f"run_every is {value!r}, which is neither text nor a timedelta")


def periodic(cls):
    from django_cloud_tasks.serializers import serialize
    from gcp_pilot.scheduler import DEFAULT_TIMEZONE, MAX_TIMEOUT

    payload = hook(cls, "schedule_body_payload")
    deadline = hook(cls, "schedule_attempt_deadline")
    return {
        **timing(hook(cls, "run_every")),
        "url": cls.url(),
        "headers": {str(name): str(value) for name, value in (hook(cls, "schedule_headers") or {}).items()},
        "oidc": bool(hook(cls, "schedule_use_oidc", True)),
        "retries": whole(hook(cls, "schedule_retries")) or 0,
        # The library sends what schedule() was called with, which is nothing.
        "body": serialize({} if payload is None else payload),
        "description": text(hook(cls, "schedule_description")),
        "timeZone": text(hook(cls, "schedule_time_zone")) or DEFAULT_TIMEZONE,
        "attemptDeadline": seconds(MAX_TIMEOUT if deadline is None else deadline),
        "minBackoff": seconds(hook(cls, "schedule_min_backoff")),
        "maxBackoff": seconds(hook(cls, "schedule_max_backoff")),
        "maxDoublings": whole(hook(cls, "schedule_max_doublings")),
        "place": place_of(cls),
        "timingPlace": place_of(cls, "run_every"),
    }


def subscriber(cls, app):
    retries = cls.max_retries or app.subscribers_max_retries
    expiration = cls.expiration_ttl or app.subscribers_expiration
    low, high = cls.min_backoff or app.subscribers_min_backoff, cls.max_backoff or app.subscribers_max_backoff
    dead = cls.dead_letter_topic_name()
    if retries and not dead:
        raise ValueError("max_retries requires dead_letter_topic_name(), else the library refuses it")
    return {
        "topic": cls.topic_name(),
        "pushEndpoint": cls.subscription_url(),
        "oidc": bool(getattr(cls, "_use_oidc_auth", True)),
        # The library's own defaults where only one is set (gcp_pilot/pubsub.py).
        "minBackoff": seconds(low or 10) if low is not None or high is not None else None,
        "maxBackoff": seconds(high or 600) if low is not None or high is not None else None,
        "deadLetterTopic": dead,
        "maxDeliveryAttempts": whole(retries) if retries else None,
        "expiration": seconds(timedelta(days=expiration)) if expiration else "0s",
        "filter": cls.subscription_filter(),
        "place": place_of(cls),
    }


def read(classes, id_of, read_one):
    """Each class by itself: one that raises is reported, under its ID where it can tell that much."""
    found = []
    for cls in classes:
        name, id = str(cls), None
        try:
            name = cls.name()
            id = id_of(cls)
            if not isinstance(id, str):
                raise TypeError(f"its ID is {id!r}, which is not text")
            found.append({"name": name, "id": id, **read_one(cls)})
        except Exception as error:
            unread(name, error, place_of(cls), id if isinstance(id, str) else None)
    return found


def import_tasks():
    """What the worker imports. A module that fails is reported: whatever it defines is then unknown."""
    from importlib import import_module

    from django.apps import apps
    from django.conf import settings
    from django.utils.module_loading import module_has_submodule

    names = [settings.ROOT_URLCONF] if getattr(settings, "ROOT_URLCONF", None) else []
    names += [f"{app.name}.tasks" for app in apps.get_app_configs() if module_has_submodule(app.module, "tasks")]
    modules = []
    for name in names:
        try:
            modules.append(import_module(name))
        except Exception as error:
            where = deepest(error)
            unread(name, error, {"file": where["file"], "line": where["line"]} if where else {"file": name, "line": None})
    return modules


def overwritten(classes, base):
    """Classes that share a name with another: the library knows tasks by their bare name, so the last one made wins."""
    def below(cls):
        for each in cls.__subclasses__():
            yield each
            yield from below(each)

    kept = {str(cls): cls for cls in classes}
    return sorted(
        f"{cls.__module__}.{cls.__qualname__} has the name of {kept[str(cls)].__module__}.{cls.__qualname__}, which takes its place"
        for cls in set(below(base))
        if str(cls) in kept and kept[str(cls)] is not cls and not inspect.isabstract(cls) and cls.__module__ != kept[str(cls)].__module__
    )


# The Task Scheduler App (bcgov/cas-registration): lists of ScheduledTaskConfig in tasks.py.


def cron_of(task):
    """Its schedule as Cloud Scheduler writes it. Its weeks begin on Monday, those of cron on Sunday."""
    kind = task.schedule_type
    minute, hour = getattr(task, "schedule_minute", None), getattr(task, "schedule_hour", None)
    interval = getattr(task, "schedule_interval", None)
    if kind in ("minutes", "hourly"):
        if not interval or interval < 1:
            raise ValueError(f"schedule_interval of a schedule of type {kind} must be 1 or more, not {interval}")
        return {"every": seconds(interval * (60 if kind == "minutes" else 3600))}
    if minute is None or hour is None:
        raise ValueError(f"a schedule of type {kind} needs schedule_hour and schedule_minute")
    day, week = getattr(task, "schedule_day_of_month", None), getattr(task, "schedule_day_of_week", None)
    if kind == "daily":
        return {"text": f"{minute} {hour} * * *"}
    if kind == "weekly":
        if week is None or not 0 <= week <= 6:
            raise ValueError(f"schedule_day_of_week must be 0 (Monday) to 6 (Sunday), not {week}")
        return {"text": f"{minute} {hour} * * {(week + 1) % 7}"}
    if kind == "monthly":
        return {"text": f"{minute} {hour} {day_of_month(day)} * *"}
    if kind == "yearly":
        return {"text": f"{minute} {hour} {day_of_month(day)} {getattr(task, 'schedule_month', None)} *"}
    raise ValueError(f"there is no schedule_type {kind!r}")


def day_of_month(day):
    if day is None or not 1 <= day <= 31:
        raise ValueError(f"schedule_day_of_month must be 1 to 31, not {day}")
    return day


def zone_of_scheduled_tasks():
    """The app's own zone, else the project's where it says one."""
    from django.conf import settings

    try:
        from task_scheduler.config import settings as config

        for name in dir(config):
            value = getattr(config, name)
            if isinstance(value, dict) and isinstance(value.get("timezone"), str):
                return value["timezone"]
    except ImportError:
        pass  # Another version of the app, or none.
    return settings.TIME_ZONE if settings.is_overridden("TIME_ZONE") else "Etc/UTC"


def scheduled(modules):
    zone = zone_of_scheduled_tasks()
    found = []
    for module in modules:
        for index, task in enumerate(getattr(module, "SCHEDULED_TASKS", None) or []):
            name = f"{module.__name__}.SCHEDULED_TASKS[{index}]"
            place = {"file": name, "line": None}
            try:
                function = task.func
                name, place = function.__name__, place_of(function)
                tag = getattr(task, "tag", None)
                path = f"{function.__module__}.{function.__qualname__}"
                found.append(
                    {
                        "name": name, **cron_of(task), "timeZone": zone, "place": place, "timingPlace": place,
                        "description": path + (f" ({tag})" if tag else ""),
                    }
                )
            except Exception as error:
                unread(name, error, place)
    return found


def main():
    # Without credentials Google's library asks for a metadata server, and waits for it three times.
    os.environ.setdefault("GCE_METADATA_TIMEOUT", "1")
    set_up()
    modules = import_tasks()
    result = {"app": None, "schedules": [], "subscriptions": [], "notes": [], "hasLibrary": False}
    from django.apps import apps

    if apps.is_installed("django_cloud_tasks"):
        app = library()
        from django_cloud_tasks.tasks import PeriodicTask, SubscriberTask

        tasks, subscribers = app.get_tasks(only_periodic=True), app.get_tasks(only_subscriber=True)
        result |= {
            "hasLibrary": True, "app": app.app_name, "delimiter": app.delimiter, "endpoint": app.domain,
            "eager": app.eager, "serviceAccount": os.environ.get("GCP_SERVICE_ACCOUNT"),
            "schedules": read(tasks, lambda cls: cls.schedule_name(), periodic),
            "subscriptions": read(subscribers, lambda cls: cls.subscription_name(), lambda cls: subscriber(cls, app)),
            "notes": overwritten(tasks, PeriodicTask) + overwritten(subscribers, SubscriberTask),
        }
    result["scheduled"] = scheduled(modules)
    answer({**result, "unread": UNREAD})


perform(main)
