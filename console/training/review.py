"""Sentences worth a look, the conversation around one, and what a sentence should have meant."""

from __future__ import annotations

import re

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from console.guard import only, post_field
from console.parts import parts
from console.render import page
from console.training.catalogue import FALLBACK, catalogue
from settlement.errors import CustomerError
from settlement.heard.review import REASONS
from settlement.security.numbers import find

pages = Blueprint("training_review")
TRAINERS = ("trainer", "administrator")
NEW_QUESTION = re.compile(r"faq/[a-z][a-z0-9_]{1,50}")
LONGEST_SENTENCE, LONGEST_ANSWER = 200, 600
TYPED = ("sentence", "target", "name", "answer")


@pages.get("/training")
@only(*TRAINERS)
async def worth_a_look(request: Request) -> HTTPResponse:
    """What nobody has looked at yet."""
    reason = request.args.get("reason", "")
    listed = await parts(request).review.worth_a_look(reason if reason in REASONS else "")
    return page(
        request,
        "training/review.html",
        listed=listed,
        reasons=REASONS,
        reason=reason if reason in REASONS else "",
        catalogue=await catalogue(),
        waiting=len(await parts(request).review.wishes()),
    )


@pages.get("/training/conversations/<pseudonym:str>")
@only(*TRAINERS)
async def conversation(request: Request, pseudonym: str) -> HTTPResponse:
    """One conversation, turn by turn; ``turn`` is the one to decide on."""
    return await _conversation(request, pseudonym, request.args.get("turn", ""))


@pages.post("/training/conversations/<pseudonym:str>/<turn:str>/fine")
@only(*TRAINERS)
async def fine(request: Request, pseudonym: str, turn: str) -> HTTPResponse:
    """Nothing is to be changed for this sentence."""
    try:
        await parts(request).review.looked_at(turn)
    except CustomerError as error:
        return await _conversation(request, pseudonym, turn, problem=error.code, status=404)
    return redirect("/training", status=303)


@pages.post("/training/conversations/<pseudonym:str>/<turn:str>/means")
@only(*TRAINERS)
async def means(request: Request, pseudonym: str, turn: str) -> HTTPResponse:
    """This sentence should mean the chosen intent or question; or a new question, with its answer."""
    sentence = post_field(request, "sentence").replace("\0", "")[:LONGEST_SENTENCE]
    target = post_field(request, "target")[:80].split(" ")[0]
    answer = ""
    if target == "new":
        target = "faq/" + post_field(request, "name")[:60].strip().lower().removeprefix("faq/")
        answer = post_field(request, "answer").replace("\0", "")[:LONGEST_ANSWER]
    known = (await catalogue()).names
    problem = _problem(sentence, target, answer, known)
    if not problem:
        try:
            await parts(request).review.wish(
                request.ctx.staff.id, sentence, target, answer=answer, heard_id=turn
            )
        except CustomerError as error:
            problem = error.code
    if problem:
        typed = {name: post_field(request, name)[:LONGEST_ANSWER] for name in TYPED}
        return await _conversation(request, pseudonym, turn, problem=problem, status=422, typed=typed)
    return redirect("/training", status=303)


def _problem(sentence: str, target: str, answer: str, known: set[str]) -> str:
    if not sentence:
        return "sentence_empty"
    if find(sentence) or find(answer):
        return "sentence_has_number"
    if answer and target in known:
        return "question_exists"
    if answer and not NEW_QUESTION.fullmatch(target):
        return "wish_name"
    if not answer and target not in known - {FALLBACK}:
        return "answer_needed" if target.startswith("faq/") else "target_unknown"
    return ""


async def _conversation(
    request: Request,
    pseudonym: str,
    turn: str,
    *,
    problem: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> HTTPResponse:
    try:
        turns = await parts(request).review.conversation(pseudonym)
    except CustomerError:
        return page(request, "problem.html", status=404, problem="page_not_found", back="/training")
    return page(
        request,
        "training/conversation.html",
        status=status,
        turns=turns,
        chosen=next((one for one in turns if one.id == turn), None),
        catalogue=await catalogue(),
        problem=problem,
        typed=typed,
    )
