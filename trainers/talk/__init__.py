"""``./run talk``: talk to the assistant in the terminal, over the same interface as the customers' page."""

from trainers.talk.command import run

__all__ = ["run"]
