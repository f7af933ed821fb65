"""``check --behaviour`` and ``check --explain CODE FILE``: what cases can come to, and what leads to a fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, shown, stepping
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from inprocap_flow.language.checks.behaviour import Behavioural, Verdict
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.desk import Desk


@dataclass(frozen=True, slots=True)
class Explored:
    """A procedure with what the checks of behaviour have to say of it."""

    path: Path
    definition: Definition
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]


def is_behavioural(code: str) -> bool:
    """Return whether *code* is that of a check that explores."""
    return code in _checks()


def _checks() -> dict[str, Behavioural]:
    from inprocap_flow.language.checks.behaviour import BEHAVIOURAL

    return {one.CODE: one for one in BEHAVIOURAL}


def explored(desk: Desk, files: Sequence[Path], codes: Sequence[str] = ()) -> list[Explored]:
    """Return what the checks of behaviour say of every procedure among *files* that has no other error.

    With *codes*, only these checks. Says on the screen what it is at.
    """
    from inprocap_flow.language.checks.behaviour import judged, problems

    chosen = [one for code, one in _checks().items() if not codes or code in codes]
    found = []
    for path in stepping(_procedures(desk, files), "Exploring"):
        built = _built(desk, path)
        if built is None:
            continue
        definition, library = built
        verdicts = judged(definition, checks=chosen)
        said = library.show(problems(verdicts, definition, library.sources))
        found.append(Explored(path, definition, tuple(verdicts), tuple(said)))
    return found


def _procedures(desk: Desk, files: Sequence[Path]) -> list[Path]:
    from inprocap_flow.language.files import Library, folders_for
    from inprocap_flow.language.load import kind_of

    found = []
    for path in files:
        try:
            kind = kind_of(Library(folders_for(path, desk.definitions)).read(path))
        except InvalidInput:  # said by the other checks
            continue
        found += [path] if kind == "procedure" else []
    return found


def _built(desk: Desk, path: Path) -> tuple[Definition, Library] | None:
    from inprocap_flow.language.load import resolve_procedure

    try:
        definition, library, faults = resolve_procedure(path, desk.definitions, desk.hooks.lookup)
    except InvalidInput:
        return None
    return None if any(one.severity == "error" for one in faults) else (definition, library)


def lines(results: Sequence[Explored]) -> Iterator[str]:
    """Yield a table of what was proven, found, or looked for up to which bound."""
    for one in results:
        yield layout.heading(f"{one.definition.name}: what cases can come to")
        rows = [
            (verdict.code, verdict.verdict, f"{counted(verdict.states, 'case')} in {verdict.seconds:.1f} s")
            for verdict in one.verdicts
        ]
        yield from layout.table(rows, indent=2)
        for verdict in one.verdicts:
            yield from _open_questions(verdict)
        yield ""


def _open_questions(verdict: Verdict) -> Iterator[str]:
    for asked in verdict.asked:
        if asked.answer.up_to and asked.answer.verdict != "proven":
            said = f"{verdict.code}, {asked.about}: {asked.answer.verdict} up to {asked.answer.up_to}"
            yield from layout.wrapped(said, "  ", "    ")


def plain(results: Sequence[Explored]) -> list[dict[str, Any]]:
    """Return the same as plain data."""
    return [
        {
            "file": shown(one.path),
            "procedure": one.definition.name,
            "checks": [
                {
                    "code": verdict.code,
                    "answer": verdict.verdict,
                    "cases": verdict.states,
                    "seconds": round(verdict.seconds, 2),
                    "questions": [
                        {"about": asked.about, "answer": asked.answer.verdict, "up_to": asked.answer.up_to}
                        for asked in verdict.asked
                    ],
                }
                for verdict in one.verdicts
            ],
        }
        for one in results
    ]


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
    results = explored(desk, files, [code])
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
