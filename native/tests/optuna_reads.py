"""Optuna itself reads, and goes on with, what freerun wrote.

Run with a Python that has optuna 5: PYTHON native/tests/optuna_reads.py [FREERUN]
Without FREERUN the program is built by cargo first.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import optuna

STUDY = """
name = "read by optuna"
seed = 11
replicates = 3

[budget]
trials = 30

[model]
name = "synthetic"

[model.settings]
noise_sd = 0.5
duration = "uniform"
mean_ms = 5
fail_share = 0.05

[parameters]
x0 = { low = -5.0, high = 5.0 }
x1 = { low = 0.001, high = 10.0, log = true }

[[targets]]
name = "value"
output = "loss"
simulated = "loss"
distance = "value"
combine = "mean"
"""

ROOT = Path(__file__).resolve().parents[2]


def program():
    if len(sys.argv) > 1:
        return sys.argv[1]
    subprocess.run(["cargo", "build", "--quiet", "--package", "freerun-native"], cwd=ROOT, check=True)
    metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    found = subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True, text=True)
    return str(Path(json.loads(found.stdout)["target_directory"]) / "debug" / "freerun")


def run(freerun, *arguments):
    done = subprocess.run([freerun, *arguments], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def same(found, wanted, what):
    assert found == wanted, f"{what}: Optuna has {found}, freerun {wanted}"


def check_trial(theirs, ours):
    what = f"trial {ours['trial']}"
    same(theirs.number, ours["trial"], what)
    same(theirs.params, ours["parameters"], what)
    same(theirs.state.name, {"complete": "COMPLETE", "failed": "FAIL"}[ours["state"]], what)
    same(theirs.value, ours["loss"], what)
    run_us = ours["finished_at_us"] - ours["asked_at_us"]
    same(round((theirs.datetime_complete - theirs.datetime_start).total_seconds() * 1e6), run_us, what)
    if ours["state"] == "failed":
        same(theirs.user_attrs["failure"], ours["reason"], what)
        return
    same(theirs.user_attrs["se"], ours["se"], what)
    same(theirs.user_attrs["loss.value"], ours["targets"][0]["loss"], what)
    same(sorted(theirs.intermediate_values), [1, 2, 3], what)
    same(theirs.intermediate_values[3], ours["loss"], what)


def main():
    freerun = program()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("study.toml").write_text(STUDY)
        run(freerun, "run", "study.toml", "--workers", "4")
        ours = run(freerun, "show", "read by optuna", "--trials", "--json")
        study = optuna.load_study(study_name="read by optuna", storage="sqlite:///freerun.db")
        same(len(study.trials), len(ours), "trials")
        for theirs, mine in zip(study.trials, ours):
            check_trial(theirs, mine)
        best = run(freerun, "best", "read by optuna", "--json")[0]
        same(study.best_trial.number, best["trial"], "best trial")
        same(study.directions, [optuna.study.StudyDirection.MINIMIZE], "direction")
        same(study.metric_names, ["loss"], "metric")
        same(study.user_attrs["freerun:model"], "synthetic/1", "model")

        # A study of Optuna's in the same database, and Optuna's samplers on our history.
        storage = study._storage
        other = optuna.create_study(study_name="theirs", storage=storage)
        other.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
        refused = subprocess.run([freerun, "rebuild", "theirs"], capture_output=True, text=True)
        same(refused.returncode, 2, "rebuild of a study that is not freerun's")
        study.sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=5)
        trial = study.ask()
        x1 = trial.suggest_float("x1", 0.001, 10.0, log=True)
        assert 0.001 <= x1 <= 10.0
        study.tell(trial, trial.suggest_float("x0", -5.0, 5.0))
        same(len(study.trials), 31, "trials after Optuna's own")

        # Trials of another program are never overwritten.
        taken = subprocess.run([freerun, "run", "study.toml", "--trials", "40"], capture_output=True, text=True)
        assert taken.returncode != 0 and "another program added trials" in taken.stderr, taken
        same(len(study.trials), 31, "trials after the refusal")
    print(f"Optuna {optuna.__version__} agrees with freerun on {len(ours)} trials")


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    main()
