"""``check --explain CODE FILE``: what leads to a fault that the checks of behaviour have found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import shown, stepping
from inprocap_flow.cli.definitions_behaviour import Explored, built
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import NotFound

if TYPE_CHECKING:
    from inprocap_flow.language.checks.behaviour import Behavioural
    from inprocap_flow.service.desk import Desk


def is_behavioural(code: str) -> bool:
    """Return whether *code* is that of a check that explores."""
    return code in _checks()


def _checks() -> dict[str, Behavioural]:
    from inprocap_flow.language.checks.behaviour import BEHAVIOURAL

    return {one.CODE: one for one in BEHAVIOURAL}


def _found(desk: Desk, files: Sequence[Path], code: str) -> list[Explored]:
    """Return what the check *code* says of every procedure among *files*; found anew, as what leads to it is wanted."""
    from inprocap_flow.language.checks.behaviour import judged

    chosen = [_checks()[code]]
    procedures = stepping(built(desk, files, None, None), "Exploring")
    return [Explored(one.path, one.definition, tuple(judged(one.definition, checks=chosen)), ()) for one in procedures]


def explain_files(session: Session, desk: Desk, files: Sequence[Path], code: str, to: Path | None) -> None:
    """Write the deeds that lead to the first finding of *code* in *files* as a scenario, and say what playing it shows.

    Raises:
        NotFound: *code* has nothing to play, or finds nothing here.
        InvalidInput: the organisation or rulebook is not sound.
    """
    from inprocap_flow.service.explaining import explain

    if not is_behavioural(code):
        raise NotFound(
            f"{code} is seen in the file itself: there is nothing to play",
            mend=f"read its page: inprocap-flow check --explain {code}",
        )
    results = _found(desk, files, code)
    for one in results:
        for finding, answer in (pair for verdict in one.verdicts for pair in verdict.findings):
            house = session.options.get("organisation") or session.settings.organisation
            explained = explain(desk, one.path, one.definition, finding, answer, organisation=house)
            target = to or one.path.with_name(f"{one.path.stem}.{code}.test.yaml")
            target.write_text(explained.text, encoding="utf-8")
            data = {
                "code": code,
                "finding": finding.fact,
                "file": shown(target),
                "organisation": explained.organisation,
                "shows": explained.shows or None,
                "gap": explained.gap or None,
            }
            session.answer(data, _explained_lines(finding.fact, shown(target), explained.shows, explained.gap))
            return
    answers = ", ".join(f"{one.definition.name}: {one.verdicts[0].verdict}" for one in results) or "no procedure"
    raise NotFound(f"{code} finds nothing here ({answers})", mend="name a file in which check finds it")


def _explained_lines(fact: str, file: str, shows: str, gap: str) -> Iterator[str]:
    yield from layout.wrapped(fact)
    yield ""
    yield f"Written to {file}."
    if shows:
        yield from layout.wrapped(f"Played: {shows}")
    else:
        yield from layout.wrapped(f"Played as far as it goes; the fault does not show there: {gap}")
