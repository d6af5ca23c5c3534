"""Try the Dockerfile without Docker: its RUN lines in a folder of their own, then each CMD and the HEALTHCHECK.

    python scripts/try_dockerfile.py

Only what .dockerignore lets through is there to be copied. What sets up the image's user is left out; instead the
servers run without a superuser's powers, and /opt may not be written. What can't be tried here is the base image.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE_S = 90
PLACES = ["/opt/showtell", "/home/showtell", "/things", "/src"]
Stage = list[tuple[str, str]]  # instructions and what follows them


def stages(text: str) -> dict[str, Stage]:
    """Each stage's instructions, those of the stage that it starts from first."""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: dict[str, Stage] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        word, rest = line.split(None, 1)
        if word == "FROM":
            base, _, name = rest.split()
            found[name] = list(found.get(base, []))
        else:
            found[name].append((word, rest))
    return found


class Container:
    """A folder in the place of a container's root, and a free port in that of 8000."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.env = {"PATH": os.environ["PATH"], "HOME": f"{root}/home/showtell", "LANG": "C.UTF-8"}
        for place in PLACES:
            (root / place[1:]).mkdir(parents=True)

    def here(self, text: str) -> str:
        for place in PLACES:
            text = re.sub(rf"(?<![\w.]){place}\b", f"{self.root}{place}", text)
        return text.replace("8000", str(self.port))

    def build(self, stage: Stage, done: Stage) -> None:
        let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"]
        for step in stage:
            word, rest = step
            if step in done or "useradd" in rest or word not in ("COPY", "RUN", "ENV"):
                continue
            print(f"{word} {rest}", flush=True)
            if word == "RUN":
                subprocess.run(["sh", "-euc", self.here(rest)], cwd=self.root / "src", env=self.env, check=True)
            elif word == "ENV":
                for name, value in (pair.split("=", 1) for pair in self.here(rest).split()):
                    self.env[name] = value.replace("$PATH", self.env["PATH"])
            elif not rest.startswith("--from"):
                *sources, target = rest.split()
                for source in sources:
                    assert source in let_through, f".dockerignore keeps {source} from Docker"
                    to = self.root / "src" / target / ("" if target == "./" else ".")
                    if (ROOT / source).is_dir():
                        shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
                    else:
                        shutil.copy(ROOT / source, to)

    def serve(self, stage: Stage, address: str) -> None:
        """Start the stage's CMD until it prints this address, open it, and ask the HEALTHCHECK before and after."""
        command, check = (
            json.loads(self.here(last(stage, word)[last(stage, word).index("[") :])) for word in ("CMD", "HEALTHCHECK")
        )
        print("CMD", *command, flush=True)
        assert self.run(check).wait() != 0, "healthy before it was started"
        log = self.root / "log.txt"
        server = self.run(command, log)
        try:
            url = self.until_printed(server, log, address)
            with urllib.request.urlopen(url, timeout=10) as page:
                assert page.status == 200
            assert self.run(check).wait() == 0, "unhealthy while it serves"
        finally:
            server.terminate()
            server.wait(20)
        assert self.run(check).wait() != 0, "healthy after its end"

    def run(self, command: list[str], log: Path | None = None) -> subprocess.Popen[bytes]:
        out = log.open("wb") if log else subprocess.DEVNULL
        if os.getuid() == 0:
            command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
        return subprocess.Popen(command, cwd=self.root / "home/showtell", env=self.env, stdout=out, stderr=out)

    def until_printed(self, server: subprocess.Popen[bytes], log: Path, address: str) -> str:
        pattern = self.here(address)
        for _ in range(PATIENCE_S * 10):
            text = log.read_text(errors="replace")
            if found := re.search(pattern, text):
                return found[0]
            assert server.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(f"it printed no address in {PATIENCE_S} s: {text}")


def last(stage: Stage, word: str) -> str:
    return [rest for each, rest in stage if each == word][-1]


def main() -> None:
    found = stages((ROOT / "Dockerfile").read_text())
    with tempfile.TemporaryDirectory() as folder:
        container = Container(Path(folder))
        done: Stage = []
        for build, final, address in (
            ("build", "studio", r"http://127\.0\.0\.1:8000/[\w-]{32}/"),
            ("build-lab", "lab", r"http://127\.0\.0\.1:8000/lab\?token=\w+"),
        ):
            container.build(found[build] + found[final], done)
            done += found[build] + found[final]
            subprocess.run(["chmod", "-R", "a-w", container.here("/opt/showtell")], check=True)
            container.serve(found[final], address)
            subprocess.run(["chmod", "-R", "u+w", container.here("/opt/showtell")], check=True)
        opened = sorted(path.name for path in Path(container.here("/home/showtell/course")).glob("*.ipynb"))
        assert opened, "no course in the lab"
    print("the Dockerfile's lines work")


if __name__ == "__main__":
    sys.exit(main())
