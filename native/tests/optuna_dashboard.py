"""optuna-dashboard and Optuna show a study of freerun's while it runs, and after.

Run with a Python that has optuna 5 and optuna-dashboard: PYTHON native/tests/optuna_dashboard.py [FREERUN]
Without FREERUN the program is built by cargo first.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import optuna
from optuna_reads import STUDY, program, run, same

STATES = {"complete": "Complete", "failed": "Fail", "pending": "Running"}
# The machine may be busy with other tests.
PATIENCE_S = 60


@contextlib.contextmanager
def dashboard(storage):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(sys.executable).parent / "optuna-dashboard"
    command = [script, storage, "--host", "127.0.0.1", "--port", str(port), "--server", "wsgiref", "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}/api/studies"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def get(url):
    """The answer, as soon as somebody listens."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with opener.open(url, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def study_id(api, name):
    ids = [row["study_id"] for row in get(api)["study_summaries"] if row["study_name"] == name]
    same(len(ids), 1, f"studies called {name}")
    return ids[0]


def check_trial(theirs, ours):
    what = f"trial {ours['trial']}"
    same(theirs["number"], ours["trial"], what)
    same(theirs["state"], STATES[ours["state"]], what)
    params = {param["name"]: param["param_internal_value"] for param in theirs["params"]}
    same(params, ours["parameters"], what)
    if ours["state"] == "complete":
        same(theirs["values"], [ours["loss"]], what)
        steps = theirs["intermediate_values"]
        same([step["step"] for step in steps], [1, 2, 3], what)
        same(steps[-1]["value"], ours["loss"], what)


def settled(url, count):
    """The study once the dashboard, which reads the database every few seconds, has all its trials."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = get(url)
        states = [trial["state"] for trial in found["trials"]]
        if (len(states) == count and "Running" not in states) or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def check_study(api, freerun, name):
    ours = run(freerun, "show", name, "--trials", "--json")
    found = settled(f"{api}/{study_id(api, name)}?after=0", len(ours))
    same((found["name"], found["directions"]), (name, ["minimize"]), "study")
    same(len(found["trials"]), len(ours), f"trials of {name}")
    for theirs, mine in zip(found["trials"], ours):
        check_trial(theirs, mine)
    best = min((trial for trial in ours if trial["state"] == "complete"), key=lambda trial: trial["loss"])
    same([trial["number"] for trial in found["best_trials"]], [best["trial"]], f"best trial of {name}")
    return ours


def watch(api, name, running):
    """Looks on until the run ends. Gives how many looks of each kind saw trials that run."""
    looks = {"dashboard": 0, "optuna": 0}
    seen = {}
    while running.poll() is None:
        time.sleep(0.1)
        if all(row["study_name"] != name for row in get(api)["study_summaries"]):
            continue
        trials = get(f"{api}/{study_id(api, name)}?after=0")["trials"]
        same([trial["number"] for trial in trials], list(range(len(trials))), "numbers in a run")
        looks["dashboard"] += any(trial["state"] == "Running" for trial in trials)
        study = optuna.load_study(study_name=name, storage="sqlite:///freerun.db")
        states = [trial.state.name for trial in study.trials]
        assert set(states) <= {"RUNNING", "COMPLETE", "FAIL"}, states
        looks["optuna"] += "RUNNING" in states
        for trial in study.trials:
            if trial.state.is_finished():
                same(trial.value, seen.setdefault(trial.number, trial.value), "a told loss, later")
    return looks


def main():
    freerun = program()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("done.toml").write_text(STUDY.replace("read by optuna", "done"))
        slower = STUDY.replace("read by optuna", "under way").replace("mean_ms = 5", "mean_ms = 200")
        Path("under_way.toml").write_text(slower)
        run(freerun, "run", "done.toml", "--workers", "4")
        with dashboard("sqlite:///freerun.db") as api:
            check_study(api, freerun, "done")
            command = [freerun, "run", "under_way.toml", "--workers", "2"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
                looks = watch(api, "under way", running)
                errors = running.stderr.read().decode()
            same(running.returncode, 0, f"end of the run ({errors})")
            assert min(looks.values()) > 0, f"nobody saw a trial that runs: {looks}"
            ours = check_study(api, freerun, "under way") + check_study(api, freerun, "done")
    print(f"optuna-dashboard agrees with freerun on {len(ours)} trials; looks at running ones: {looks}")


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    main()
