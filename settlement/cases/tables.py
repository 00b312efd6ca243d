"""All tables together, for the migrations."""

from __future__ import annotations

from sqlalchemy import MetaData

from settlement.cases import material, models, records
from settlement.database import Base
from settlement.heard import models as heard

__all__ = ["heard", "material", "metadata", "models", "records"]

metadata: MetaData = Base.metadata
