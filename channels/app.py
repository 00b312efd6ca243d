"""The gateway as a Sanic application."""

from __future__ import annotations

import asyncio

from sanic import Sanic

from channels import guard, problems
from channels.routes import brands, conversations, documents, outbox, pages, pictures, signed
from channels.services import App, Services
from channels.wechat import routes as wechat
from channels.wecom import routes as wecom
from settlement.settings import Settings
from settlement.stopping import stop_all


def create(settings: Settings) -> App:
    """The application; its services start with the server and stop with it."""
    app = Sanic("gateway", configure_logging=False)
    app.config.AUTO_EXTEND = False  # sanic-ext would publish a page of docs that loads scripts from elsewhere
    app.config.REQUEST_MAX_SIZE = guard.UPLOAD_BYTES
    app.config.REQUEST_TIMEOUT = 30
    app.config.RESPONSE_TIMEOUT = 60
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 5.0
    app.config.FALLBACK_ERROR_FORMAT = "json"
    parts = (brands, conversations, documents, outbox, pages, pictures, signed, wechat, wecom)
    app.blueprint([part.blueprint for part in parts])
    guard.install(app)
    problems.install(app)
    background: list[asyncio.Task[None]] = []

    @app.before_server_start
    async def start(app: App) -> None:
        services = await Services.start(settings)
        app.ctx.services = services
        running = [services.turns.run, services.news.run, *(desk.run for desk in services.desks)]
        background.extend(asyncio.create_task(run()) for run in running)

    @app.before_server_stop
    async def end_streams(app: App) -> None:
        if hasattr(app.ctx, "services"):
            app.ctx.services.news.stop()

    @app.after_server_stop
    async def stop(app: App) -> None:
        await stop_all(background)
        if hasattr(app.ctx, "services"):
            await app.ctx.services.stop()

    return app
