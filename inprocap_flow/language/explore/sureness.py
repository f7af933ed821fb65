"""Whether a step that may be carried out surely is: an automatic one then comes, and the end of a deadline fires it.

Said wrongly, a case would be missed that the engine can come to. So everything counts that the engine may refuse: what
must be there, a value that is not known, a clock that runs already, another line that does not go along. Taken for
granted: that a case to which something is reported is there, and that amounts which are added are in one currency.
"""

from __future__ import annotations

from inprocap_flow.language.explore.scope import place
from inprocap_flow.language.explore.state import MISSED, NOT_STARTED, OPEN, RUNNING, SUSPENDED, Group, Seat
from inprocap_flow.language.explore.truth import NO, UNKNOWN, YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.expressions.tree import Expr
from inprocap_flow.language.model import CASE, Branch, Create, Guard, HookCall, Move, Step

_TO_MEET = frozenset((RUNNING, SUSPENDED, MISSED))


def holds(view: View, guard: Guard) -> int:
    """Return the answers that a guard may give; what may be lifted, or is asked elsewhere only, holds nothing up."""
    if guard.only_from and view.seat is not None and view.seat.leaf not in guard.only_from:
        return YES
    elsewhere = bool(guard.only_from) and view.seat is None  # a track left aside may stand where it is not asked
    if elsewhere or (guard.rule and view.may_be_lifted(guard.rule)):
        return view.truth(guard.hook or guard.holds) | YES
    return view.truth(guard.hook or guard.holds)


def is_sure(view: View, step: Step, branches: tuple[Branch, ...]) -> bool:
    """Return whether nothing that is left open could refuse *step*, along whichever of *branches* it leads."""
    return (
        not _asks_for_more(view, step)
        and _clocks_fit(view, step, branches)
        and _conditions_fit(view, step)
        and _values_known(view, step)
        and all(_goes_along(view, move) for move in step.moves)
        and all(_begins(view, create) for create in step.creates)
    )


def _asks_for_more(view: View, step: Step) -> bool:
    needs, comes = step.already_there, step.handed_in
    if needs.fields or needs.documents or needs.approvals or comes.fields or comes.documents:
        return True
    if step.publishes or step.extends is not None:
        return True
    watches = view.world.definition.watches.values()
    return step.milestone is not None and any(step.milestone in one.blocks for one in watches)


def _clocks_fit(view: View, step: Step, branches: tuple[Branch, ...]) -> bool:
    needs = step.already_there
    if any(_may_be(view, name) != {RUNNING} for name in needs.within):
        return False
    if any(_may_be(view, name) & {NOT_STARTED, *OPEN} for name in needs.after):
        return False
    meets = {*step.meets, *(name for branch in branches for name in branch.meets)}
    if any(not _may_be(view, name) <= _TO_MEET for name in meets):
        return False
    starts = {*step.starts, *(name for branch in branches for name in branch.starts)}
    if any(_may_be(view, name) & set(OPEN) for name in starts - set(step.restarts)):
        return False
    return all(_can_be_counted(view, name) for name in starts | set(step.restarts))


def _may_be(view: View, name: str) -> frozenset[str]:
    return view.world.statuses(view.state, view.kind, view.seat, name)


def _can_be_counted(view: View, name: str) -> bool:
    """Return whether nothing is missing from which the deadline that the line calls *name* is counted."""
    definition = view.world.definition
    home, bare = place(definition, view.kind, name)
    deadline = definition.line(home).deadlines[bare]
    if home not in (CASE, view.kind):
        return False
    anchor = deadline.backwards_from
    if anchor and definition.find_deadline(home, anchor) is None:
        return False
    return all(_known(view, one) for one in (deadline.period, deadline.ends_at) if isinstance(one, Expr | HookCall))


def _conditions_fit(view: View, step: Step) -> bool:
    if any(holds(view, guard) != YES for guard in step.already_there.that if not guard.only_warns):
        return False
    for branch in step.targets:
        answer = view.truth(branch.when)
        if answer & UNKNOWN:
            return False
        if answer == YES:
            return True
    return False  # no branch may fit


def _values_known(view: View, step: Step) -> bool:
    if any(view.field(view.kind, view.seat, report.to).unknown for report in step.reports):
        return False
    sources = [*step.sets.values(), *(source for report in step.reports for source in report.values.values())]
    return all(_known(view, source) for source in sources)


def _known(view: View, source: Expr | HookCall) -> bool:
    return isinstance(source, Expr) and not view.amount(source).unknown


def _goes_along(view: View, move: Move) -> bool:
    """Return whether every track that *move* concerns surely takes its step, and it is known which ones these are."""
    world = view.world
    line = world.line(move.track)
    step = line.steps[move.step]
    leaves = {leaf for stage in move.stages for leaf in line.leaves_under(stage)} if move.stages else set(line.leaves)
    if not world.counts(move.track):
        return move.where is None and leaves <= set(step.sources) and _asks_nothing(step)
    for seat, _ in view.state.seats(Group(world.position[move.track], frozenset(leaves))):
        meets = YES if move.where is None else view._replace(each=(move.track, seat)).truth(move.where)
        if meets == NO:
            continue
        if meets & UNKNOWN or seat.leaf not in step.sources or not _sure_for(view, move.track, seat, step):
            return False
    return True


def _sure_for(view: View, kind: str, seat: Seat, step: Step) -> bool:
    # The main line may have moved on by then: where to is not asked here.
    return not step.while_case and is_sure(View(view.world, view.state, kind, seat), step, step.targets)


def _asks_nothing(step: Step) -> bool:
    """Return whether nothing at all can refuse *step* where it starts."""
    needs, comes = step.already_there, step.handed_in
    asks = [needs.fields, needs.documents, needs.approvals, needs.within, needs.after, comes.fields, comes.documents]
    asks += [step.while_case, step.starts, step.meets, step.restarts, step.publishes]
    does = bool(needs.that or step.sets or step.moves or step.creates or step.reports or step.extends)
    plain = len(step.targets) == 1 and step.targets[0] == Branch(step.targets[0].to)
    return plain and not does and not any(asks)


def _begins(view: View, create: Create) -> bool:
    line = view.world.line(create.track)
    if create.values or create.where is not None or line.begins.handed_in.fields:
        return False
    return _asks_nothing(line.begins)
