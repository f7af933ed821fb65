"""A folder with one little procedure, its stories, an overlay and an organisation: for scenarios that borrow."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.service.scenarios import Report


def written(folder: Path, *, order: str, stories: str, overlay: str, lab: str) -> Path:
    """Write the files of the house into *folder*, and return it."""
    for name, text in {
        "order.yaml": order,
        "order.test.yaml": stories,
        "overlays/house.yaml": overlay,
        "organisations/lab.yaml": lab,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def says(report: Report) -> list[str]:
    return [fault.says for fault in report.faults]
