"""Faults in who signs and who knows what: approvals, people, facts, papers, seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from inprocap_flow.language.marks import ListNode, MapNode, NodePath
from inprocap_flow.language.model import Definition, Organisation
from tests.mutation.fault import Mutant, Subject, fault
from tests.mutation.hidden import of_four_eyes, of_secret
from tests.mutation.nodes import at, gone, items_of, put, text, without_words, words_of
from tests.mutation.shape import home, named_by, section, shown, steps

ASKED: tuple[NodePath, ...] = (("already_there", "approvals"),)


@fault("approval-not-needed", "no step needs an approval any more", "unused-name", "nobody-signs")
def approval_not_needed(subject: Subject) -> Iterator[Mutant]:
    for kind, path, name, _ in section(subject.root, "approvals"):
        found = named_by(subject.root, kind, "approvals", name, ASKED)
        others = _elsewhere(subject, name)
        if found and not others:
            yield Mutant(f"{shown(path)}: no step needs it", partial(without_words, subject.root, found))


def _elsewhere(subject: Subject, name: str) -> bool:
    """Tell whether a watch, an act on a deadline or a derogation needs the approval, too."""
    definition = subject.definition
    acts = [act for line in definition.lines for one in line.deadlines.values() for act in one.acts.values()]
    watched = any(watch.needs_approval.rpartition(".")[2] == name for watch in definition.watches.values())
    return watched or any(name in {word.rpartition(".")[2] for word in act.requires.approvals} for act in acts)


@fault("approval-dropped", "one step does not need its approval any more")
def approval_dropped(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        path = (*step.path, *ASKED[0])
        for word in words_of(at(subject.root, path)):
            yield Mutant(f"{shown(path)}: {word} dropped",
                         partial(without_words, subject.root, {path: {word}}))  # fmt: skip


@fault("order-swapped", "two people sign in the wrong order")
def order_swapped(subject: Subject) -> Iterator[Mutant]:
    for _, path, _, node in section(subject.root, "approvals"):
        signatures = node.get("signatures")
        if isinstance(signatures, ListNode) and len(signatures.items) > 1 and text(node.get("order")) != "together":
            swapped = [signatures.items[1], signatures.items[0], *signatures.items[2:]]
            yield Mutant(f"{shown(path)}.signatures: the first two swapped",
                         partial(put, subject.root, (*path, "signatures"), swapped))  # fmt: skip


def _signatures(subject: Subject) -> Iterator[tuple[NodePath, MapNode]]:
    for _, path, _, node in section(subject.root, "approvals"):
        for where, one in items_of(node.get("signatures"), (*path, "signatures")):
            if isinstance(one, MapNode):
                yield where, one


@fault("signature-dropped", "one of several signatures is left out")
def signature_dropped(subject: Subject) -> Iterator[Mutant]:
    for path, _ in _signatures(subject):
        above = at(subject.root, path[:-1])
        if isinstance(above, ListNode) and len(above.items) > 1:
            yield Mutant(f"{shown(path)} removed", partial(gone, subject.root, path))


@fault("four-eyes-dropped", "somebody may sign who should not")
def four_eyes_dropped(subject: Subject) -> Iterator[Mutant]:
    for path, node in _signatures(subject):
        for word in words_of(node.get("not_same_as")):
            where = (*path, "not_same_as")
            kind, approval = str(path[1]) if path[0] == "tracks" else "", str(path[-3])
            yield Mutant(f"{shown(where)}: {word} dropped", partial(without_words, subject.root, {where: {word}}),
                         hidden=of_four_eyes(subject, kind, approval, text(node.get("role")), word))  # fmt: skip


@fault("covers-nothing", "an approval stays good whatever is changed after it")
def covers_nothing(subject: Subject) -> Iterator[Mutant]:
    for _, path, _, node in section(subject.root, "approvals"):
        if "void_if_changed" in node:
            yield Mutant(f"{shown(path)}.void_if_changed removed",
                         partial(gone, subject.root, (*path, "void_if_changed")))  # fmt: skip


@fault("voids-itself", "a step brings what its own approval covers", "approval-voids-itself")
def voids_itself(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root, beginnings=False):
        brought = words_of(at(step.node, ("handed_in", "documents")))
        for word in words_of(at(step.node, ASKED[0]))[:1]:
            kind, name = home(subject.root, step.kind, "approvals", word)
            line: NodePath = ("tracks", kind) if kind else ()
            path = (*line, "approvals", name, "void_if_changed", "documents")
            if kind == step.kind and brought and at(subject.root, (*line, "approvals", name)) is not None:
                new = list(dict.fromkeys([*words_of(at(subject.root, path)), brought[0]]))
                if new != words_of(at(subject.root, path)):
                    yield Mutant(f"{shown(path)}: {brought[0]}, too",
                                 partial(put, subject.root, path, new))  # fmt: skip


@fault("approver-never-approves", "a role that signs may never approve", "never-means-never")
def approver_never(subject: Subject) -> Iterator[Mutant]:
    signing = {text(node.get("role")) for _, node in _signatures(subject)}
    for _, path, name, _ in section(subject.root, "roles"):
        if name in signing:
            yield Mutant(f"{shown(path)}.never: approve",
                         partial(put, subject.root, (*path, "never"), ["approve"]))  # fmt: skip


# ------------------------------------------------------------------------------------------ people


def _acting(definition: Definition) -> list[str]:
    acting = [role for line in definition.lines for step in (line.begins, *line.steps.values()) for role in step.by]
    signing = [one.role for line in definition.lines for each in line.approvals.values() for one in each.signatures]
    roles = dict.fromkeys([*acting, *signing])
    return [name for name in roles if name in definition.roles and definition.roles[name].speaks_for is None]


@fault("role-without-people", "the organisation has nobody in a role", "too-few-people", "organisation-lacks")
def role_without_people(subject: Subject) -> Iterator[Mutant]:
    for role in _acting(subject.definition):
        yield Mutant(f"nobody is {role}", organisation=partial(_without, subject.organisation, role))


def _without(organisation: Organisation, role: str) -> Organisation:
    people = {
        name: replace(person, roles=tuple(one for one in person.roles if one != role))
        for name, person in organisation.people.items()
    }
    return replace(organisation, people=people)


@fault("too-many-signers", "more people must sign than there are", "too-few-people", "approval-impossible")
def too_many_signers(subject: Subject) -> Iterator[Mutant]:
    for path, node in _signatures(subject):
        role = subject.definition.roles.get(text(node.get("role")))
        if role is not None and role.speaks_for is None:
            yield Mutant(f"{shown(path)}.how_many: 9",
                         partial(put, subject.root, (*path, "how_many"), "9"))  # fmt: skip


# ------------------------------------------------------------------------------------------ facts and papers

GIVEN: tuple[NodePath, ...] = (
    ("handed_in", "fields"), ("handed_in", "documents"), ("handed_in", "may_fill"), ("handed_in", "may_bring"),
    ("may_fill",), ("may_bring",),
)  # fmt: skip
LOOKED_AT: tuple[NodePath, ...] = (
    *GIVEN, ("already_there", "fields"), ("already_there", "documents"), ("publishes",),
)  # fmt: skip


@fault("nobody-fills", "nobody can give a fact or a paper", "nobody-can-fill")
def nobody_fills(subject: Subject) -> Iterator[Mutant]:
    created = _created(subject)
    for name in ("fields", "documents"):
        for kind, path, word, node in section(subject.root, name):
            found = named_by(subject.root, kind, name, word, GIVEN)
            if (found or "by" in node) and "default" not in node and word not in created:

                def without(path: NodePath = path, found: dict[NodePath, set[str]] = found) -> MapNode:
                    return gone(without_words(subject.root, found), (*path, "by"))

                yield Mutant(f"{shown(path)}: nobody gives it", without)


def _created(subject: Subject) -> set[str]:
    """Return the names of fields that are computed, or given when a track begins."""
    definition = subject.definition
    found = {name for receipt in definition.receives.values() for name in (*receipt.values, receipt.sender)}
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            found |= set(step.sets) | {name for create in step.creates for name in create.values}
        for approval in line.approvals.values():
            found |= set(approval.sets)
    return {str(name) for name in found}


@fault("paper-never-asked", "no step asks for a paper", "document-without-gate", "publishes-unasked", "nobody-can-fill")
def paper_never_asked(subject: Subject) -> Iterator[Mutant]:
    for kind, path, word, node in section(subject.root, "documents"):
        found = named_by(subject.root, kind, "documents", word, LOOKED_AT)
        read = any(f"'{word}'" in line for line in _texts(subject.root))
        if found and not read and not _covered(subject, word) and "published_at" not in node:
            yield Mutant(f"{shown(path)}: no step asks for it", partial(without_words, subject.root, found))


def _texts(root: MapNode) -> Iterator[str]:
    waiting: list[object] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MapNode):
            waiting += [value for _, value in node.entries]
        elif isinstance(node, ListNode):
            waiting += node.items
        else:
            yield text(node)  # type: ignore[arg-type]  # what is left is a scalar


def _covered(subject: Subject, word: str) -> bool:
    definition = subject.definition
    covered = [
        paper for line in definition.lines for one in line.approvals.values() for paper in one.void_if_changed_documents
    ]
    acts = [act for line in definition.lines for one in line.deadlines.values() for act in one.acts.values()]
    asked = [paper for act in acts for paper in (*act.requires.documents, *act.publishes)]
    return word in covered or word in asked


@fault("paper-not-handed-in", "a step does not ask for its paper or fact any more")
def paper_not_handed_in(subject: Subject) -> Iterator[Mutant]:
    for step in steps(subject.root):
        for key in (
            ("handed_in", "documents"),
            ("already_there", "documents"),
            ("already_there", "fields"),
            ("handed_in", "fields"),
        ):
            path = (*step.path, *key)
            for word in words_of(at(subject.root, path)):
                yield Mutant(f"{shown(path)}: {word} dropped",
                             partial(without_words, subject.root, {path: {word}}))  # fmt: skip


@fault("read-before-known", "an early step reads what only a later one makes known",
       "read-before-known", "step-never-possible", "act-never-possible")  # fmt: skip
def read_before_known(subject: Subject) -> Iterator[Mutant]:
    definition = subject.definition
    opening = {branch.to for branch in definition.main.begins.targets}
    early = [step for step in steps(subject.root, beginnings=False) if not step.kind
             and set(definition.main.steps[step.name].sources) & opening and "as_soon_as" not in step.node]  # fmt: skip
    early = [step for step in early if not definition.main.steps[step.name].is_system]
    written = {"yes_no": "{0}", "whole_number": "{0} > 0", "choice": "{0} != '{1}'", "money": "{0} == {0}"}
    for name, field in definition.main.fields.items():
        if field.by or field.default is not None or field.type not in written or field.sealed_until or not early:
            continue
        if name in definition.main.begins.handed_in.fields or any(
            name in definition.main.steps[one.name].handed_in.fields for one in early
        ):
            continue
        step = early[0]
        path = (*step.path, "already_there", "that")
        said = written[field.type].format(name, field.choices[0] if field.choices else "")
        extra = {"holds": said, "if_not": "Read too early."}
        new = [*(node for _, node in items_of(at(subject.root, path), path)), extra]
        yield Mutant(f"{shown(path)}: {said}", partial(put, subject.root, path, new))


# ------------------------------------------------------------------------------------------ seals


def _sealed(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    """Yield section, kind of line, name and milestone of everything that is sealed."""
    for line in subject.definition.lines:
        for field in line.fields.values():
            if field.sealed_until:
                yield "fields", line.kind, field.name, field.sealed_until
        for paper in line.documents.values():
            if paper.sealed_until:
                yield "documents", line.kind, paper.name, paper.sealed_until


@fault("seal-dropped", "what was sealed is open from the beginning")
def seal_dropped(subject: Subject) -> Iterator[Mutant]:
    for name, kind, word, _ in _sealed(subject):
        path: NodePath = (*(("tracks", kind) if kind else ()), name, word, "sealed_until")
        yield Mutant(f"{shown(path)} removed", partial(gone, subject.root, path))


@fault("sealed-read", "a condition reads what is still sealed", "sealed-read-early")
def sealed_read(subject: Subject) -> Iterator[Mutant]:
    for name, kind, word, _ in _sealed(subject):
        if name != "fields" or not kind:
            continue
        field = subject.definition.line(kind).fields[word]
        said = {"money": f"{word} >= {word}", "whole_number": f"{word} >= 0", "yes_no": word}.get(field.type)
        for step in steps(subject.root, beginnings=False):
            if said and step.kind == kind and word in words_of(at(step.node, ("handed_in", "fields"))):
                path = (*step.path, "already_there", "that")
                extra = {"holds": said, "if_not": "Read too early."}
                new = [*(node for _, node in items_of(at(subject.root, path), path)), extra]
                yield Mutant(f"{shown(path)}: {said}", partial(put, subject.root, path, new))


@fault("sealed-published", "a step publishes what is still sealed", "sealed-read-early")
def sealed_published(subject: Subject) -> Iterator[Mutant]:
    for name, kind, word, _ in _sealed(subject):
        for step in steps(subject.root, beginnings=False):
            if step.kind == kind and word in words_of(at(step.node, ("handed_in", name))):
                path = (*step.path, "publishes")
                new = [*words_of(at(subject.root, path)), word]
                yield Mutant(f"{shown(path)}: {word}, too", partial(put, subject.root, path, new))


@fault("secret-dropped", "what some may not see can be seen by everybody")
def secret_dropped(subject: Subject) -> Iterator[Mutant]:
    for name in ("fields", "documents"):
        for kind, path, word, node in section(subject.root, name):
            if "secret_from" in node:
                line = subject.definition.line(kind)
                declared = line.fields[word] if name == "fields" else line.documents[word]
                yield Mutant(f"{shown(path)}.secret_from removed",
                             partial(gone, subject.root, (*path, "secret_from")),
                             hidden=of_secret(subject.definition, line, declared))  # fmt: skip
