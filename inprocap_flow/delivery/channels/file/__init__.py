"""Parcels as text files in a folder: the way out of an installation that has none yet, and of trials."""

from __future__ import annotations

import os
import re
from pathlib import Path

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.delivery.plain_text import plain_text

_UNFIT = re.compile(r"[^\w.-]+", re.ASCII)


class Channel:
    """Writes each parcel to ``<folder>/<recipient>/<key>.txt``; the same key gives the same file, so a repeat shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, parcel: Parcel) -> Accepted | Failed:
        target = self.folder / (_UNFIT.sub("_", parcel.recipient).strip(".") or "_") / f"{parcel.key}.txt"
        try:
            # The folder holds what people are told: it is theirs and nobody else's.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            beside = target.with_suffix(f".{os.getpid()}.part")
            beside.write_text(_text(parcel), encoding="utf-8")
            beside.replace(target)  # whole or not at all, whoever is killed when
        except OSError as wrong:
            return Failed(f"the folder of outgoing files: {wrong.strerror}", unreachable=True)
        return Accepted()

    def close(self) -> None:
        """Nothing is held open."""


def _text(parcel: Parcel) -> str:
    head = [
        f"To: {parcel.address or parcel.recipient}",
        f"Date: {parcel.made_at.isoformat(timespec='seconds')}",
        f"Subject: {parcel.letter.subject}",
        f"Message-ID: {parcel.key}",
    ]
    return "\n".join(" ".join(line.split()) for line in head) + "\n\n" + plain_text(parcel.letter)
