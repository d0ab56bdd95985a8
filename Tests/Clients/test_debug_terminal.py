"""`tasks debug` where it needs a terminal: the debugger, the question afterwards, the choice of a handler."""

import sys

from helpers.google_clients import queue_name
from helpers.shop import FOLDER, QUEUE
from test_debug import DJANGO, config, failed, queue, shop  # noqa: F401


def command(taskdeck, emulator, *words: str) -> str:
    return " ".join([str(taskdeck.path), "tasks", "debug", QUEUE, *words, "--endpoint", emulator.url])


def test_pdb_stops_where_the_code_raised(failed, config, taskdeck, emulator, shop, terminal):  # noqa: F811
    task = failed()
    shop.outage.touch()
    config(DJANGO)
    terminal.type(command(taskdeck, emulator, task, "--pdb"))
    terminal.press("Enter")
    terminal.wait_for("(Pdb)")
    # A variable of the frame that raised, by the debugger's own command.
    terminal.type("p 'it is ' + 'alive'")
    terminal.press("Enter")
    terminal.wait_for("it is alive")
    terminal.type("q")
    terminal.press("Enter")
    terminal.type("echo ended with $?")
    terminal.press("Enter")
    terminal.wait_for("ended with 1")


def test_asked_afterwards_the_task_is_discarded_on_a_word(failed, config, taskdeck, emulator, tasks, terminal):  # noqa: F811
    task = failed()
    config(DJANGO)
    terminal.type(command(taskdeck, emulator, task, "--then", "ask"))
    terminal.press("Enter")
    terminal.wait_for("discard [d]")
    terminal.type("d")
    terminal.press("Enter")
    terminal.wait_for("Discard 1 task?")
    terminal.type("y")
    terminal.press("Enter")
    terminal.wait_for("journal undo")
    left = [found.name for found in tasks.list_tasks(parent=queue_name(QUEUE))]
    assert f"{queue_name(QUEUE)}/tasks/{task}" not in left


def test_a_person_chooses_between_handlers(failed, config, taskdeck, emulator, terminal):  # noqa: F811
    task = failed()
    config(
        f"""
        handlers:
          script: {{kind: command, run: ["{sys.executable}", "-c", "print('by the script')"]}}
          django: {{kind: django, directory: "{FOLDER}", python: "{sys.executable}", settings: shop.settings}}
        """
    )
    terminal.type(command(taskdeck, emulator, task))
    terminal.press("Enter")
    terminal.wait_for("Which handler runs MyTask?")
    terminal.type("1")
    terminal.press("Enter")
    terminal.wait_for("by the script")
