"""Live answers leave the cores to others: no thread waits awake for the next one."""

from __future__ import annotations

import subprocess
import sys

# A class more is a column more in each product; with 100 of them OpenBLAS would share the products out to its threads.
SCRIPT = """
import time
import numpy as np
from showtell.classifiers.discriminant import Linear
from showtell.classifiers.familiarity import Familiarity
from showtell.classifiers.heads import WholeAndPartsHead
from showtell.classifiers.neighbours import MANY, IncrementalKNeighbors
from showtell.classifiers.open_set import OpenSet
from showtell.classifiers.references import Backdrop, References
from showtell.classifiers.samples import Seen
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.networks.regions import looks

D, CLASSES = 1280, 100
rng = np.random.default_rng(0)
linear = lambda columns: Linear(rng.random((D, columns), np.float32), np.zeros(columns, np.float32), 1.0)
members = tuple((0.5, WholeAndParts(linear(CLASSES + 1), linear(CLASSES + 2), 1.0)) for _ in range(2))
noise = rng.random((21, D), np.float32)
references = References(rng.random((1000, D), np.float32), Backdrop(rng.random(D, np.float32), noise))
familiarity = Familiarity((1.0, 1.0), (0.1, 0.1), 0.65, -2.0, 1.0)
labels = np.arange(CLASSES).astype(str).astype(object)
head = WholeAndPartsHead(OpenSet(members, 0.4, familiarity, references, True), labels)
near = IncrementalKNeighbors().fit(rng.random((MANY, D), np.float32), np.arange(MANY) % CLASSES)
maps = rng.random((1, D, 7, 7), np.float32)
time.sleep(1)  # what fitting woke is asleep again

others, wall = time.process_time() - time.thread_time(), time.perf_counter()
for _ in range(20):
    rows = looks(maps)
    near.nearest(rows[:, 0])
    seen = Seen(rows[:, 0], rows)
    head.confidence(head.judge(seen))
    time.sleep(0.05)
print((time.process_time() - time.thread_time() - others) / (time.perf_counter() - wall))
"""


def test_no_other_thread_works_for_an_answer() -> None:
    """Threads of BLAS that wait awake take as many cores as there are, though nothing is to be done."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True)
    assert float(done.stdout) < 0.2
