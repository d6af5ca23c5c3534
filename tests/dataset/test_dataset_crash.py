"""Programs that are killed, or run into a limit of the system, in the middle of changing a dataset."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.pictures import frame

# For each "seed file" on stdin it forks a child that changes the dataset until it is killed; imports are paid for
# once, so that there is time for many kills. The child writes to the file what it is about to take away, and what
# is done: lists of the numbers of pictures.
CHANGING = """
import contextlib, json, os, random, sys
import numpy as np
from showtell.pictures import frame
from showtell.dataset import Dataset

def change(folder, seed, file):
    random.seed(seed)
    dataset = Dataset(folder)

    def say(**what):
        os.write(file, json.dumps(what).encode() + bytes([10]))

    say(ready=True)
    made = seed * 1000
    while True:
        label = random.choice(["mug", "cup", "a/b"])
        with dataset.together("import") if random.random() < 0.3 else contextlib.nullcontext():
            for _ in range(random.randrange(6)):
                made += 1
                dataset.add(label, picture(made), burst=str(made // 20))
                say(added=[made])
        act = random.randrange(7)
        if act == 0 and len(dataset) > 8:
            some = random.sample(list(dataset), 5)
            say(taking=numbers(some))
            dataset.remove(*some)
            say(taken=True)
            if random.random() < 0.6:
                say(giving=True)
                dataset.undo()
                say(given=True)
        elif act == 1:
            other = label + "?"
            if label in dataset.labels and other not in dataset.labels:
                dataset.rename(label, other)
            if other in dataset.labels and label not in dataset.labels:
                dataset.rename(other, label)
        elif act == 2 and len(dataset) > 8:
            dataset.move(*random.sample(list(dataset), 5), to=label)
        elif act == 3 and label in dataset.labels:
            say(taking=numbers(dataset.examples(label)))
            dataset.remove_class(label)
            say(taken=True, giving=True)
            dataset.undo()
            say(given=True)
        elif act == 4 and dataset.labels:
            dataset.enable(random.choice(dataset.labels), random.random() < 0.5)
            dataset.order(random.sample(dataset.labels, len(dataset.labels)))

def numbers(examples):
    return [int(frame.decode(example.read())[0, 0].astype(int) @ [1 << 16, 1 << 8, 1]) for example in examples]

def picture(number):
    pixels = np.random.default_rng(number).integers(0, 255, (40, 40, 3), np.uint8)
    pixels[0, 0] = number >> 16 & 255, number >> 8 & 255, number & 255
    return frame.encode_png(pixels)

for line in sys.stdin:
    seed, folder, said = json.loads(line)
    if not (child := os.fork()):
        try:
            change(folder, seed, os.open(said, os.O_WRONLY | os.O_CREAT))
        finally:
            os._exit(1)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def number_of(data: bytes) -> int:
    red, green, blue = map(int, frame.decode(data)[0, 0])
    return red << 16 | green << 8 | blue


def killed(program: subprocess.Popen[str], seed: int, folder: Path, said: Path, after_s: float) -> list[dict]:
    """What a child said that was killed ``after_s`` seconds after it began to change things."""
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(json.dumps([seed, str(folder), str(said)]) + "\n")
    program.stdin.flush()
    child = int(program.stdout.readline())
    patience = time.monotonic() + 20
    while not (said.exists() and said.stat().st_size):
        assert time.monotonic() < patience, "it never began"
        time.sleep(0.001)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)  # not reaped yet even if it has ended: the number is still its own
    assert int(program.stdout.readline()) == -signal.SIGKILL, "it ended by itself"
    return [json.loads(line) for line in said.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not for Windows")
def test_nothing_that_was_saved_is_lost_when_the_program_is_killed(tmp_path):
    folder = tmp_path / "things"
    kept: set[int] = set()
    chance = random.Random(7)
    rounds = 0
    command = [sys.executable, "-c", CHANGING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        deadline = time.monotonic() + 8  # bounds the rounds, not the result
        while rounds < 80 and time.monotonic() < deadline:
            rounds += 1
            if len(kept) > 100:  # a larger one takes longer to check
                folder, kept = tmp_path / f"things {rounds}", set()
            said = killed(program, rounds, folder, tmp_path / f"said {rounds}", chance.uniform(0, 0.08))
            kept = check_after_a_kill(folder, kept, said)
    assert rounds >= 10
    dataset = Dataset(folder)
    dataset.add("mug", np.zeros((2, 2, 3), np.uint8))
    kept.add(0)
    undone = 0
    # A picture that was on disk but not yet in the history when the program was killed stays there, and its class too;
    # where an older class of that name would come back to, undo says so and changes nothing.
    while undone < 6 and dataset.undoable:
        try:
            dataset.undo()
        except DatasetError as error:
            if "is in the way" not in str(error):
                raise
            break
        undone += 1
    assert undone
    for _ in range(undone):
        dataset.redo()
    assert {number_of(example.read()) for example in Dataset(folder)} == kept


def check_after_a_kill(folder: Path, kept: set[int], said: list[dict]) -> set[int]:
    """Compare the dataset with what was ``kept`` before and ``said`` since; gives what is in it."""
    unsure: set[int] = set()
    gone: set[int] = set()
    kept = set(kept)
    for record in said:
        kept.update(record.get("added", []))
        if "taking" in record:
            unsure = set(record["taking"])
            kept -= unsure
        if "taken" in record:
            gone, unsure = unsure, set()
        if "giving" in record:
            unsure = gone
        if "given" in record:
            kept |= unsure
            unsure = set()

    dataset = Dataset(folder)
    found = [number_of(example.read()) for example in dataset]  # every file is a whole picture
    assert len(found) == len(set(found))
    assert kept <= set(found), "a picture that was saved is lost"
    more = set(found) - kept
    # beside what was announced to be taken or given back, all or nothing, only the picture being written
    assert more & unsure in (set(), unsure)
    assert len(more - unsure) <= 1
    assert dataset.problems == []
    assert not list(folder.glob(".showtell/tmp/*"))
    assert not list(folder.glob(".showtell/journal.damaged*"))
    assert set(dataset.labels) <= {"mug", "cup", "a/b", "mug?", "cup?", "a/b?"}
    return set(found)


LIMITED = """
import resource, signal, sys
import numpy as np
from showtell.dataset import Dataset
from showtell.errors import DatasetError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
dataset = Dataset(sys.argv[1])
dataset.add("mug", np.zeros((8, 8, 3), np.uint8))
try:
    dataset.add("cup", np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8))
except DatasetError as error:
    print(error)
dataset.add("mug", np.zeros((9, 9, 3), np.uint8))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_picture_that_is_too_large_for_the_system_leaves_no_trace(tmp_path):
    folder = tmp_path / "things"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(folder)], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith(f"could not save a picture in {folder}: ")
    assert done.stdout.count("\n") == 1
    dataset = Dataset(folder)
    assert dataset.counts == {"mug": 2}
    assert not list((folder / ".showtell/tmp").iterdir())


JOINING = """
import contextlib, sys
import numpy as np
from showtell.dataset import Dataset
from showtell.errors import DatasetError

dataset = Dataset(sys.argv[1])
for count in range(25):
    dataset.add("mug", np.full((4, 4, 3), int(sys.argv[2]) * 25 + count, np.uint8), burst=sys.argv[2])
    if count % 5 == 4:
        with contextlib.suppress(DatasetError):  # another one was quicker
            dataset.rename("mug", "mug?")
        with contextlib.suppress(DatasetError):
            dataset.undo()
"""


def test_programs_that_change_one_folder_at_once_lose_nothing(tmp_path):
    folder = Path(tmp_path / "things")
    programs = [
        subprocess.Popen([sys.executable, "-c", JOINING, str(folder), str(number)], stderr=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    errors = [program.communicate()[1] for program in programs]
    assert errors == ["", "", ""]
    dataset = Dataset(folder)
    trash = folder.glob(".showtell/trash/**/*.png")
    values = [int(frame.decode(path)[0, 0, 0]) for path in [*(example.path for example in dataset), *trash]]
    assert sorted(values) == list(range(75))
