"""The command that opens the studio."""

from __future__ import annotations

import logging
import sys
import webbrowser
from pathlib import Path

import click

import showtell
from showtell.cli.options import BACKBONE, PREPROCESSING, extractor_of
from showtell.cli.output import Complaints, fitting, say


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path), default="things")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; 8642, or a free one, if not given.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--lan", is_flag=True, help="Let phones in this local network be cameras too; prints a QR code.")
@click.option("--in-container", is_flag=True, help="Listen where a container's published port leads; no --lan then.")
@BACKBONE
@PREPROCESSING
def studio(
    dataset: Path,
    port: int | None,
    no_browser: bool,
    lan: bool,
    in_container: bool,
    backbone: str | None,
    preprocessing: str | None,
) -> None:
    """Open the studio: the page on which one shows, teaches and watches.

    \b
    Example:
      showtell studio things --port 9000
      showtell studio things --lan
    """
    from showtell.server.server import StudioServer
    from showtell.studio.studio import Studio

    if lan and in_container:
        raise click.UsageError("expected --lan or --in-container, found both; a container has no network of phones")
    folder = Path(click.get_app_dir("showtell"))
    model = None  # the usual one is made when the page is up
    if backbone or preprocessing:
        model = showtell.Model(extractor_of(backbone, preprocessing))
    studio = Studio(showtell.Dataset(dataset), model)
    server = StudioServer(studio, port, folder=folder, lan=lan, in_container=in_container)
    say(f"Teaching from {dataset.resolve()}. The studio is at this address (Ctrl-C ends it):", server.url)
    if server.lan:
        _invite(server.invite(), server.lan.fingerprint)
    logging.getLogger("showtell").addHandler(Complaints())
    if not no_browser:
        webbrowser.open(server.url)
    server.run()


def _invite(url: str, fingerprint: str) -> None:
    """Print how a phone comes in; the QR code only where the terminal can draw it, since the page can anyway."""
    from showtell.server.lan import qr_text

    say("", "A phone in the same network opens this, once, within ten minutes; the page makes more of them:", url)
    code = qr_text(url)
    if fitting(code, sys.stdout) == code:
        say(*code.split("\n"))
    say("Its browser will warn, since nobody vouches for this machine's certificate. It is this one:", fingerprint)
