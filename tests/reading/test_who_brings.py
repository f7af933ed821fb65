"""Who brings a paper or fills a fact, and with which step: read wherever one asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow import bundled
from inprocap_flow.service.reading.book import Book, open_book
from tests.reading.conftest import DAY, Said

PAPERS = """
procedure: papers
version: 1
language: en
title: Papers
rulebook: none
roles:
  officer: {title: Officer}
  judge: {title: Judge, not_who_brought: [specification]}
  board: {title: Board}
fields:
  price: {type: number, title: Price}
  note: {type: text, title: Note, by: officer}
documents:
  specification: {title: Specification}
  report: {title: Report, by: officer}
  plan: {title: Plan, by: board}
begins: {step: begin, to: open, by: officer}
stages:
  open: {title: Open, owner: officer}
  judged: {title: Judged, owner: judge}
  done: {title: Done, final: completed}
steps:
  write: {title: Write, from: open, to: same, by: officer, handed_in: {documents: [specification]}}
  rewrite: {title: Write anew, from: open, to: same, by: officer, handed_in: {documents: [specification]}}
  judge_it:
    title: Judge
    from: open
    to: judged
    by: judge
    handed_in: {documents: [report], fields: [price]}
    already_there: {documents: [specification, plan]}
  finish:
    {title: Finish, from: judged, to: done, by: board, may_bring: [specification], already_there: {fields: [note]}}
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Book:
    file: Path = tmp_path_factory.mktemp("papers") / "papers.yaml"
    file.write_text(PAPERS, encoding="utf-8")
    return open_book(file, (bundled.root("definitions"),), day=DAY)


def test_a_paper_says_who_brings_it_with_which_steps(papers: Book, said: Said) -> None:
    text = said(papers, "specification", "What it is")
    assert 'Filed by the Officer with "Write" (write) or "Write anew" (rewrite), or by the Board with "Finish"' in text
    assert "nobody who has acted as Judge in the case can bring it" in text


def test_who_files_a_paper_at_any_time_and_who_brings_it_with_a_step_are_both_said(papers: Book, said: Said) -> None:
    assert 'Filed by the Officer, or by the Judge with "Judge" (judge_it).' in said(papers, "report")


def test_a_step_that_wants_a_paper_says_where_it_comes_from(papers: Book, said: Said) -> None:
    text = said(papers, "judge_it", "Already there")
    assert 'Filed by the Officer with "Write" (write) or "Write anew" (rewrite)' in text
    assert "Filed by the Board" in text


def test_what_comes_with_no_other_step_says_so(papers: Book, said: Said) -> None:
    assert "A number; filled only with this step." in said(papers, "judge_it", "Handed in with it")
    assert 'A number; filled by the Judge with "Judge" (judge_it).' in said(papers, "price")


def test_where_a_paper_is_used_names_who_carries_out_the_step(papers: Book, said: Said) -> None:
    assert 'Handed in with "Write" (write), by the Officer.' in said(papers, "specification", "Where it is used")
