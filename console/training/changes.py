"""The trainers' wishes together: try them out, give one up, save all of them for review."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from console.guard import only
from console.parts import parts
from console.render import page
from console.training.catalogue import catalogue
from console.training.review import TRAINERS
from console.training.tools import SAVE_SECONDS, run
from console.training.trial import Trial, as_asked
from settlement.errors import CustomerError

pages = Blueprint("training_changes")

PARTS_OF_A_TRIAL = dict.fromkeys(("step", "error", "wrong", "result"))


@pages.get("/training/changes")
@only(*TRAINERS)
async def listed(request: Request) -> HTTPResponse:
    """Wishes that wait, the latest trial, and what was saved."""
    return await _page(request)


@pages.post("/training/changes/<change:str>/drop")
@only(*TRAINERS)
async def drop(request: Request, change: str) -> HTTPResponse:
    """Give a wish up."""
    try:
        await parts(request).review.drop(change)
    except CustomerError as error:
        return await _page(request, problem=error.code, status=404)
    return redirect("/training/changes", status=303)


@pages.post("/training/changes/try")
@only(*TRAINERS)
async def attempt(request: Request) -> HTTPResponse:
    """Train with the wishes, in the background, and compare."""
    house = parts(request)
    wishes = await house.review.wishes()
    if not wishes:
        return await _page(request, problem="no_changes", status=409)
    if not await Trial(house.redis, house.review).begin(wishes):
        return await _page(request, problem="trial_under_way", status=409)
    return redirect("/training/changes", status=303)


@pages.post("/training/changes/save")
@only(*TRAINERS)
async def save(request: Request) -> HTTPResponse:
    """Save what was tried as a branch and a patch; the training files themselves stay as they are."""
    house = parts(request)
    wishes = await house.review.wishes()
    tried = await Trial(house.redis, house.review).latest() or {}
    if not wishes:
        return await _page(request, problem="no_changes", status=409)
    if "result" not in tried or tried["wishes"] != [wish.id for wish in wishes]:
        return await _page(request, problem="try_first", status=409)
    ended = await run(
        "save",
        {
            "wishes": as_asked(wishes),
            "author": request.ctx.staff.name,
            "patches": str(house.settings.state_dir / "training"),
        },
        SAVE_SECONDS,
    )
    if "result" not in ended:
        return await _page(request, problem=ended.get("error", "check_failed"), status=409)
    saved = ended["result"]
    await house.review.saved([wish.id for wish in wishes], saved["branch"] or saved["patch"])
    return await _page(request, saved=saved)


async def _page(
    request: Request, *, problem: str = "", saved: dict[str, str] | None = None, status: int = 200
) -> HTTPResponse:
    house = parts(request)
    wishes = await house.review.wishes()
    trial = await Trial(house.redis, house.review).latest()
    ids = [wish.id for wish in wishes]
    return page(
        request,
        "training/changes.html",
        status=status,
        wishes=wishes,
        trial=PARTS_OF_A_TRIAL | trial if trial and (trial["wishes"] == ids or trial.get("step")) else None,
        outdated=bool(trial and wishes and trial["wishes"] != ids),
        before=(await house.review.wishes("saved"))[-20:],
        saved=saved,
        problem=problem,
        catalogue=await catalogue(),
    )
