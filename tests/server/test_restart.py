"""The studio is killed while one records: the page finds its way back, and no picture that was saved is gone."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks import chromium
from playwright.sync_api import Page, expect, sync_playwright

from pages import in_a_browser
from showtell import Dataset
from showtell.server.wire import unpack

pytestmark = in_a_browser


@contextmanager
def studio(folder: Path, port: int, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command, running, and the addresses it printed; killed at the end."""
    command = [sys.executable, "-m", "showtell", "studio", str(folder), "--port", str(port), "--no-browser", *options]
    env = os.environ | {"XDG_CONFIG_HOME": str(folder.parent / "config")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(5 if options else 2)]
        try:
            yield process, [line for line in lines if re.match("https?:", line)]
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        # A person would click through the warning about the certificate.
        context = browser.new_context(permissions=["camera"], ignore_https_errors=True)
        yield context.new_page()
        browser.close()


def name_class(page: Page, label: str) -> None:
    name = page.get_by_test_id("class-card").first.get_by_test_id("class-name")
    name.fill(label)
    name.press("Enter")


def start_recording(page: Page) -> None:
    page.get_by_test_id("class-card").first.get_by_test_id("record").hover()
    page.mouse.down()


def count(page: Page) -> int:
    found = re.match(r"\d+", page.get_by_test_id("class-card").first.get_by_test_id("count").inner_text())
    return int(found[0]) if found else 0


def saved_ones(page: Page) -> list[str]:
    """Grows by the id of each picture of which the page is told that it is saved."""
    saved: list[str] = []

    def look(message: bytes | str) -> None:
        content, _ = unpack(message if isinstance(message, bytes) else message.encode())
        if content and content["type"] == "saved":
            saved.append(content["example"])

    page.on("websocket", lambda socket: socket.on("framereceived", look))
    return saved


def wait_for(page: Page, condition: Callable[[], bool], seconds: float = 60) -> None:
    for _ in range(round(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_in_the_middle_of_a_recording(page: Page, tmp_path: Path, port: int) -> None:
    folder = tmp_path / "things"
    with studio(folder, port) as (process, (url,)):
        saved = saved_ones(page)
        page.goto(url)
        name_class(page, "mug")
        start_recording(page)
        wait_for(page, lambda: len(saved) >= 5)
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = {example.id for example in Dataset(folder)}
    assert set(saved) <= kept
    page.wait_for_timeout(500)
    page.mouse.up()
    with studio(folder, port) as (_, (again,)):
        assert again == url

        def all_there() -> bool:  # what was recorded meanwhile arrives too
            return count(page) == len(Dataset(folder)) >= len(kept)

        wait_for(page, all_there)
        before = len(Dataset(folder))
        start_recording(page)
        wait_for(page, lambda: len(Dataset(folder)) > before)
        page.mouse.up()
        wait_for(page, all_there)
        wait_for(page, lambda: set(saved) == {example.id for example in Dataset(folder)})


def test_a_phone_records_into_the_studio_of_this_machine(page: Page, tmp_path: Path, port: int) -> None:
    from showtell.server import lan

    if not lan.addresses():
        pytest.skip("this machine is in no local network")
    folder = tmp_path / "things"
    with studio(folder, port, "--lan") as (_, (own, invitation)):
        phone = page.context.new_page()
        phone.set_viewport_size({"width": 390, "height": 844})
        page.goto(own)
        phone.goto(invitation)
        phone.wait_for_selector("body[data-ready=true]")
        assert invitation not in phone.url
        name_class(phone, "mug")
        start_recording(phone)
        wait_for(phone, lambda: count(phone) >= 3)
        phone.mouse.up()
        page.bring_to_front()
        wait_for(page, lambda: count(page) == len(Dataset(folder)) >= 3)
        phone.goto(invitation)
        expect(phone.locator("body")).to_contain_text("forbidden")
        expect(phone.locator("body")).to_contain_text("good once")
