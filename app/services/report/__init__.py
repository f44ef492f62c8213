"""A report: one page of everything that a reader may know of an item, to print and to pass on.

`gather` reads in one transaction; `write` then draws and writes, with none open. Pictures of
sensitive items are blurred whoever reads, because a report is passed on.
"""

from app.services.report.gathering import Gathered, gather
from app.services.report.writing import write

__all__ = ["Gathered", "gather", "write"]
