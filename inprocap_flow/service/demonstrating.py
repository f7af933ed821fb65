"""The demonstration: a fresh installation in a folder of its own, a real case of the past, a new one beside it.

Everything goes through the same use cases as everyday work. Only the clock is set, to the moments of the story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, Decision, Refusal, Request
from inprocap_flow.engine.offers import outlook
from inprocap_flow.errors import DefinitionDefect, FlowError, NotAllowed, NotFound
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.demonstration_story import AFTERWARDS, ORGANISATION, PAST, PROCEDURE, STORY, TITLE, Deed
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.documents import Destination, take_in
from inprocap_flow.service.importing import Imported, import_history
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import Released, release_organisation, release_procedure
from inprocap_flow.service.typing_in import line_kind, typed_fields
from inprocap_flow.settings import FILE_NAME, Settings

ZONE = ZoneInfo("Europe/Berlin")
ACTOR = "ben"
ACCOUNT = "demonstration"
MOST_SIGNATURES = 20  # that one step may lack; more would be a story that never ends
FIRST_DAY = "2026-01-09 09:00"  # when the invented laboratory begins to work with it
_SETTINGS = """\
# The demonstration's own installation. A real one keeps its key file away from the database.
database = "flow.db"
key_file = "key/sealing.key"
organisation = "{organisation}"
actor = "{actor}"
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A deed with what came of it, and the case afterwards."""

    deed: Deed
    outcome: Decision | Refusal
    case: Case
    binding: Binding


def fresh_folder(base: Path) -> Path:
    """Return *base* if it is new or empty, else the first numbered folder in it that is not there: nothing is lost."""
    if not base.exists() or (base.is_dir() and not any(base.iterdir())):
        return base
    if not base.is_dir():
        raise NotFound(f"{base} is a file, not a folder", mend="name another folder with --folder")
    return next(path for number in range(2, 1_000_000) if not (path := base / f"run-{number}").exists())


def prepare(folder: Path) -> Desk:
    """Make an installation in *folder*: settings file, key and database. Raises NotAllowed."""
    said = _SETTINGS.format(organisation=ORGANISATION, actor=ACTOR)
    try:
        (folder / "key").mkdir(mode=0o700, parents=True)
        (folder / "papers").mkdir()
        (folder / FILE_NAME).write_text(said, encoding="utf-8")
    except OSError as wrong:
        mend = "name another folder with --folder"
        raise NotAllowed(f"{folder} cannot be written: {wrong.strerror}", mend=mend) from wrong
    settings = Settings(
        database=str((folder / "flow.db").absolute()),
        key_file=(folder / "key" / "sealing.key").absolute(),
        organisation=ORGANISATION,
        actor=ACTOR,
    )
    return open_desk(settings, clock=_clock(FIRST_DAY))


def release_all(desk: Desk) -> list[Released]:
    """Release the invented organisation and the procedures of the demonstration, each with its rulebook."""
    shipped = desk.definitions[-1]
    done = release_organisation(desk, shipped / "organisations" / f"{ORGANISATION}.yaml", by=ACTOR)
    for name in ("pcp", PROCEDURE):
        done += release_procedure(desk, shipped / f"{name}.yaml", by=ACTOR, terms=UNEXPLORED)
    return done


def import_past(desk: Desk) -> Imported:
    """Enter a real pre-commercial procurement from its dated facts."""
    return import_history(desk, desk.definitions[-1] / "cases" / f"{PAST}.yaml")


def tell(desk: Desk, folder: Path) -> Iterator[Told]:
    """Play the story, deed by deed. Raises DefinitionDefect if the definition no longer answers as the story says."""
    case: Case | None = None
    for told in STORY:
        desk.clock = _clock(told.at)
        for deed in _signatures(desk, told, case) if told.kind == "sign_missing" else (told,):
            outcome, case, binding = _do(desk, deed, case, folder / "papers")
            _as_told(deed, outcome)
            yield Told(deed, outcome, case, binding)
    desk.clock = FixedClock(datetime.fromisoformat(AFTERWARDS))


def _signatures(desk: Desk, told: Deed, case: Case | None) -> Iterator[Deed]:
    """Yield the signatures that a step lacks, one after another: who may sign depends on who has signed."""
    assert case is not None
    for _ in range(MOST_SIGNATURES):
        with desk.store.reading() as reading:
            case = reading.load(case.id).case
            binding = desk.binding(reading, case)
        step = binding.definition.main.steps[told.name]
        waiting = outlook(binding, case, desk.clock.now()).approvals
        found = ((one, who) for one, who in waiting if one.approval.name in step.already_there.approvals and who)
        standing, who = next(found, (None, ()))
        if standing is None:
            return
        # June decides in this laboratory as a rule; whoever else may sign stands in for her elsewhere.
        yield replace(told, kind="sign", name=standing.approval.name, by="june" if "june" in who else who[0])


def _clock(local: str) -> FixedClock:
    return FixedClock(datetime.fromisoformat(local).replace(tzinfo=ZONE))


def _do(desk: Desk, deed: Deed, case: Case | None, papers: Path) -> tuple[Decision | Refusal, Case, Binding]:
    with desk.store.reading() as reading:
        found = case.definition_hash if case else reading.released("procedure", PROCEDURE).content_hash
        binding = desk.bind(reading, found, ORGANISATION, case.id if case else "")
    request = _request(desk, deed, case, binding, papers)
    outcome = act(desk, case.id, request) if case else open_case(desk, PROCEDURE, ORGANISATION, request)
    assert isinstance(outcome, Decision | Refusal)  # no key was given, so nothing was answered before
    after = outcome.case or case
    assert after is not None
    return outcome, after, binding


def _request(desk: Desk, deed: Deed, case: Case | None, binding: Binding, papers: Path) -> Request:
    line = deed.new or deed.line
    kind = line_kind(binding.definition, line)
    files = {name: _paper(papers, deed, name) for name in deed.documents}
    to = Destination(binding, case.id if case else "", line, case)
    return Request(
        kind=deed.kind,
        actor=deed.by,
        name=deed.name,
        line=MAIN if deed.new else deed.line,
        new=deed.new,
        fields=typed_fields(binding.definition, kind, deed.fields, ZONE.key),
        documents=take_in(desk, to, files, now=desk.clock.now()) if files else {},
        account=ACCOUNT,
        extra={} if case else {"title": TITLE},
    )


def _paper(papers: Path, deed: Deed, name: str) -> str:
    """Write the small text that stands for a document, and return its path."""
    about = (deed.new or deed.line).partition("/")[2]
    path = papers / (f"{name}-{about}.txt" if about else f"{name}.txt")
    title = name.replace("_", " ").capitalize() + (f" of {about}" if about else "")
    path.write_text(f"{title}\n\n{TITLE}. Invented for the demonstration; {deed.at}.\n", encoding="utf-8")
    return str(path)


def _as_told(deed: Deed, outcome: Decision | Refusal) -> None:
    codes = sorted(set(outcome.codes)) if isinstance(outcome, Refusal) else []
    if codes == sorted(deed.refused):
        return
    reasons = "; ".join(blocker.reason for blocker in outcome.blockers) if isinstance(outcome, Refusal) else "accepted"
    raise DefinitionDefect(
        f"the demonstration tells otherwise: {deed.by} {deed.kind} {deed.name} on {deed.at}: {reasons}",
        mend=f"bring service/demonstration_story.py in line with {PROCEDURE}.yaml",
    )


def draw(binding: Binding, case: Case, folder: Path) -> list[Path]:
    """Draw the case's line, its present stage marked, and the suppliers' track: SVG, or Mermaid without a layouter."""
    from concurrent.futures import ThreadPoolExecutor

    folder.mkdir()
    pictures = (("procedure", "", case.main.state), ("supplier", "supplier", None))
    with ThreadPoolExecutor() as pool:  # the layouter is a program of its own, and takes seconds
        return list(pool.map(lambda picture: _drawn(binding, folder, *picture), pictures))


def _drawn(binding: Binding, folder: Path, name: str, kind: str, current: str | None) -> Path:
    from inprocap_flow.machine.draw import dot, mermaid
    from inprocap_flow.machine.layout import svg

    try:
        path, text = folder / f"{name}.svg", svg(dot(binding.machine, kind, current=current))
    except FlowError:
        path, text = folder / f"{name}.mmd", mermaid(binding.machine, kind, current=current)
    path.write_text(text, encoding="utf-8")
    return path
