"""The action server: ``python -m actions``. It listens on loopback; Rasa alone calls it."""

from __future__ import annotations

from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions import my_business, navigation
from actions.core import Core
from actions.form import Ask, TakeAnswer
from actions.steps import STEPS
from settlement.security.logs import configure
from settlement.settings import settings

ACTIONS = (
    TakeAnswer,
    navigation.Hello,
    navigation.SessionStart,
    navigation.Start,
    navigation.AskAgain,
    navigation.NotHere,
    navigation.GoBack,
    navigation.Progress,
    navigation.NotUnderstood,
    my_business.MyBusiness,
    my_business.AskAbandon,
    my_business.Abandon,
    my_business.KeepGoing,
    my_business.Submitted,
    my_business.CaseResult,
)


def build() -> Sanic[Any, Any]:
    """The SDK's own server with our actions; the core starts with it and stops with it."""
    executor = ActionExecutor()
    app: Sanic[Any, Any] = create_app(executor, cors_origins=None)

    @app.before_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        core = await Core.start(settings())
        app.ctx.core = core
        for action in ACTIONS:
            executor.register_action(action(core))
        for step in STEPS.values():
            executor.register_action(Ask(core, step))

    @app.after_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        await app.ctx.core.stop()

    return app


def main() -> None:
    """Serve until stopped, in this one process."""
    configure("actions")
    build().run(
        host="127.0.0.1", port=settings().action_port, single_process=True, access_log=False, motd=False
    )


if __name__ == "__main__":
    main()
