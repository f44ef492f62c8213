"""What keeps all heavy work from being done: it is tried again, and no item is passed over for it."""

from sqlalchemy.exc import DBAPIError

from app.services.heavy import BenchUnavailable
from app.services.index_client import IndexUnavailable

FOR_ALL = (DBAPIError, IndexUnavailable, BenchUnavailable)
