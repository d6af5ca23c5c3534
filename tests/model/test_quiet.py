"""Live answers leave the cores to others: no thread waits awake for the next one."""

from __future__ import annotations

import subprocess
import sys

# A class more is a column more in each product; with 100 of them OpenBLAS would share the products out to its threads.
SCRIPT = """
import time
import numpy as np
from showtell.classifiers.discriminant import Linear
from showtell.classifiers.heads import WholeAndPartsHead
from showtell.classifiers.familiarity import ByLikeness
from showtell.classifiers.neighbours import MANY, IncrementalKNeighbors
from showtell.classifiers.samples import Seen
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.networks.regions import looks

D, CLASSES = 1280, 100
rng = np.random.default_rng(0)
fitted = WholeAndParts()
fitted.classes_, fitted.shown_ = np.arange(CLASSES).astype(str).astype(object), 1.0
fitted.whole_ = Linear(rng.random((D, CLASSES), np.float32), np.zeros(CLASSES, np.float32), 1.0)
fitted.parts_ = Linear(rng.random((D, CLASSES + 1), np.float32), np.zeros(CLASSES + 1, np.float32), 1.0)
head = WholeAndPartsHead(fitted, ByLikeness(0.0))
near = IncrementalKNeighbors().fit(rng.random((MANY, D), np.float32), np.arange(MANY) % CLASSES)
maps = rng.random((1, D, 7, 7), np.float32)
time.sleep(1)  # what fitting woke is asleep again

others, wall = time.process_time() - time.thread_time(), time.perf_counter()
for _ in range(20):
    rows = looks(maps)
    near.nearest(rows[:, 0])
    seen = Seen(rows[:, 0], rows)
    head.proba(seen), head.familiarity(seen)
    time.sleep(0.05)
print((time.process_time() - time.thread_time() - others) / (time.perf_counter() - wall))
"""


def test_no_other_thread_works_for_an_answer() -> None:
    """Threads of BLAS that wait awake take as many cores as there are, though nothing is to be done."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True)
    assert float(done.stdout) < 0.2
