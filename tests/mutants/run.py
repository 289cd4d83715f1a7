#!/usr/bin/env python3
"""Tests the tests: breaks the scheduler by hand, one way at a time, and expects a failing test each time.

usage: python3 tests/mutants/run.py [NAME …]      (Python 3.11; some 25 minutes for all on two cores)

Each mutant in mutants.toml is one replacement in one file. It is applied to a copy of the tree in a
temporary folder; a mutant that no test notices survives, and then the exit code is 1.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TESTS = [
    ["cargo", "test", "-q", "-p", "freerun", "--lib", "scheduler::"],
    ["cargo", "test", "-q", "-p", "freerun", "--test", "it", "worlds::"],
]


def copy_tree(to):
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.split("\n"):
        if name and (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            # Not copy2: cargo must see that every file is newer than what it built of another copy.
            shutil.copyfile(ROOT / name, to / name)


def killed_by(tree):
    """The first test that fails, or None."""
    for command in TESTS:
        run = subprocess.run(command, cwd=tree, capture_output=True, text=True)
        if run.returncode != 0:
            lines = (run.stdout + run.stderr).splitlines()
            if any(line.startswith("error") and "test failed" not in line for line in lines):
                raise SystemExit("the mutant does not compile:\n" + "\n".join(lines[-30:]))
            names = [line.strip() for line in lines if line.startswith("    ") and "::" in line and " " not in line.strip()]
            return names[0] if names else "a test"
    return None


def main():
    mutants = tomllib.loads((HERE / "mutants.toml").read_text())["mutant"]
    wanted = set(sys.argv[1:])
    survivors, tried = [], 0
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        copy_tree(tree)
        if (test := killed_by(tree)) is not None:
            raise SystemExit(f"{test} fails without any mutant")
        for mutant in mutants:
            if wanted and mutant["name"] not in wanted:
                continue
            file = tree / mutant["file"]
            whole = file.read_text()
            if whole.count(mutant["old"]) != 1:
                raise SystemExit(f"{mutant['name']}: its text is not once in {mutant['file']}")
            file.write_text(whole.replace(mutant["old"], mutant["new"]))
            test = killed_by(tree)
            file.write_text(whole)
            tried += 1
            print(f"{'survives' if test is None else 'killed  '}  {mutant['name']}: {test or 'no test notices'}", flush=True)
            if test is None:
                survivors.append(mutant["name"])
    print(f"{tried - len(survivors)} of {tried} mutants are killed")
    raise SystemExit(1 if survivors else 0)


if __name__ == "__main__":
    main()
