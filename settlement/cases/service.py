"""``Cases``: the customer's side of a case. Every method takes the owner and checks it (R-081)."""

from __future__ import annotations

from settlement.cases.drafts import Drafts
from settlement.cases.ending import Ending

__all__ = ["Cases"]


class Cases(Drafts, Ending):
    """Starting, filling, signing, submitting, giving up, taking up again.

    ``Cases(database, brokers, keyring, press)``; without a press nothing is signed or
    submitted. A refusal is a ``CustomerError`` and changes nothing, unless the
    method says otherwise.
    """
