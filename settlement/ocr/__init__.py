"""Reading of identity cards, bank cards and QR codes from photos, on this machine alone."""

from settlement.ocr.reader import Reader
from settlement.ocr.reading import Kind, ReadField, Reading

__all__ = ["Kind", "ReadField", "Reader", "Reading"]
