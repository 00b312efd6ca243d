"""Futures companies: a folder of plain files each, read, checked and kept by version.

brokers = Brokers(settings())
broker = brokers.get("0127")
"""

from settlement.brokers.registry import Brokers
from settlement.brokers.schema import Broker, Document, RejectReason

__all__ = ["Broker", "Brokers", "Document", "RejectReason"]
