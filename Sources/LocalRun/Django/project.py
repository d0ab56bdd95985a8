# What every script needs that taskdeck runs in a Django project. The script itself follows.
#
# The request is read from descriptor 3 and the answer written to descriptor 4: what the project prints never mixes
# with either, and standard input stays free for a debugger.

import json
import os
import sys
import traceback

with os.fdopen(3, "rb") as _file:
    REQUEST = json.load(_file)
os.set_inheritable(4, False)

_COLOUR, _PLAIN = "\x1b[1;33m", "\x1b[0m"


class Fault(Exception):
    """Ends the script: something outside of the task's own code is not as it should be."""

    def __init__(self, kind, **details):
        super().__init__(kind)
        self.details = {"kind": kind, **details}


def answer(value):
    """The one answer of the script; a later one takes the place of an earlier one."""
    data = json.dumps(value).encode()
    os.ftruncate(4, 0)
    os.lseek(4, 0, os.SEEK_SET)
    while data:
        data = data[os.write(4, data) :]


def is_theirs(path):
    """Whether a file is the project's own, and not a library's."""
    if path.startswith("<"):
        return False
    full = os.path.abspath(path)
    inside = full.startswith(os.path.join(REQUEST["directory"], ""))
    return inside and "site-packages" not in full and "dist-packages" not in full


def frames_of(error):
    """The frames of a traceback without those of this script and of the import machinery."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != "<string>" and not frame.filename.startswith("<frozen importlib")
    ]


def deepest(error):
    """Where the project's own code raised, for the failure's words; None when it is all of libraries."""
    if isinstance(error, SyntaxError) and error.filename:
        # A file that cannot be parsed has no frame.
        return {"file": error.filename, "line": error.lineno or 0, "function": ""}
    own = [frame for frame in frames_of(error) if is_theirs(frame.filename)]
    if not own:
        return None
    return {"file": own[-1].filename, "line": own[-1].lineno or 0, "function": own[-1].name}


def words_of(error):
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def show(error, seen=None):
    """The traceback on standard error, as Python prints it, with the first frame of the project marked."""
    seen = (seen or set()) | {id(error)}
    earlier, joint = error.__cause__, "The above exception was the direct cause of the following exception:"
    if earlier is None and not error.__suppress_context__:
        earlier, joint = error.__context__, "During handling of the above exception, another exception occurred:"
    if earlier is not None and id(earlier) not in seen:
        show(earlier, seen)
        print(f"\n{joint}\n", file=sys.stderr)
    frames = frames_of(error)
    if frames:
        print("Traceback (most recent call last):", file=sys.stderr)
    marked = False
    for frame in frames:
        text = "".join(traceback.format_list([frame])).rstrip("\n")
        if not marked and is_theirs(frame.filename):
            marked = True
            lines = text.split("\n")
            text = "\n".join([f"{_COLOUR}> {lines[0].strip()}{_PLAIN}"] + [f"{_COLOUR}{line}{_PLAIN}" for line in lines[1:]])
        print(text, file=sys.stderr)
    print(words_of(error), file=sys.stderr, flush=True)


def import_fault(error):
    """What a failed import of the project means."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing and missing.split(".")[0] in ("django", "django_cloud_tasks", "gcp_pilot"):
        return Fault("library", module=missing, python=sys.executable)
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    if missing and (settings == missing or settings.startswith(missing + ".")):
        return Fault("settings", reason=f"the module {missing} of {settings} is not there")
    show(error)
    return Fault("import", reason=words_of(error), frame=deepest(error))


def set_up():
    """Makes Django ready, as manage.py does."""
    sys.path.insert(0, REQUEST["directory"])
    # Some settings look at the command; a bare -c would be a surprise to them.
    sys.argv = ["manage.py"]
    if REQUEST["settings"]:
        os.environ["DJANGO_SETTINGS_MODULE"] = REQUEST["settings"]
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        raise Fault("settings", reason="neither the handler, manage.py nor DJANGO_SETTINGS_MODULE names a module")
    try:
        import django

        django.setup()
    except BaseException as error:
        raise import_fault(error) from None


def import_everything():
    """Imports what manage.py's own checks import: the URLs, and with them views; and every app's tasks."""
    from importlib import import_module

    from django.apps import apps
    from django.conf import settings
    from django.utils.module_loading import module_has_submodule

    try:
        if getattr(settings, "ROOT_URLCONF", None):
            import_module(settings.ROOT_URLCONF)
        for config in apps.get_app_configs():
            if module_has_submodule(config.module, "tasks"):
                import_module(f"{config.name}.tasks")
    except BaseException as error:
        raise import_fault(error) from None


def library():
    """django-google-cloud-tasks' own app, which holds the registry of classes."""
    from django.apps import apps

    try:
        return apps.get_app_config("django_cloud_tasks")
    except LookupError:
        raise Fault("library", module="django_cloud_tasks in INSTALLED_APPS", python=sys.executable) from None


def perform(main):
    """Runs `main` and ends the interpreter: 0, or 1 when there was a fault."""
    status = 0
    try:
        status = main() or 0
    except Fault as fault:
        answer({"fault": fault.details})
        status = 1
    except BaseException as error:
        if not REQUEST.get("shown"):
            show(error)
        answer({"fault": {"kind": "raised", "reason": words_of(error), "frame": deepest(error)}})
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # Closed by the project, which is its right; there is nothing left to flush.
    sys.exit(status)
