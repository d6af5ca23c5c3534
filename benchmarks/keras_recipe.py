"""The recipe to beat: a Keras MobileNet asked for one picture at a time, and scikit-learn's nearest neighbours.

Runs in an environment of its own (README.md says how to make it) and is driven by ``latency.py``: the first line on
stdin is a JSON list of ``[label, file]`` to learn from, every later line a file to answer; each answer on stdout is
a JSON object with the label and the seconds from the file's bytes to it.
"""

from __future__ import annotations

import io
import json
import sys
import time

import keras
import numpy as np
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier


def main() -> None:
    # The weights change what it says and not how long it takes; random ones need no download.
    cnn = keras.applications.MobileNet(weights=None, include_top=False, pooling="avg", input_shape=(224, 224, 3))

    def features(data: bytes) -> np.ndarray:
        picture = Image.open(io.BytesIO(data)).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
        ready = keras.applications.mobilenet.preprocess_input(np.asarray(picture, np.float32)[None])
        return cnn.predict(ready, verbose=0)

    def read(file: str) -> bytes:
        with open(file, "rb") as opened:
            return opened.read()

    examples = json.loads(sys.stdin.readline())
    known = {file: features(read(file))[0] for _, file in examples}
    knn = KNeighborsClassifier(5).fit([known[file] for _, file in examples], [label for label, _ in examples])
    print(json.dumps({"keras": keras.__version__}), flush=True)
    for line in sys.stdin:
        data = read(line.strip())
        started = time.perf_counter()
        (label,) = knn.predict(features(data))
        seconds = time.perf_counter() - started
        print(json.dumps({"label": str(label), "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
