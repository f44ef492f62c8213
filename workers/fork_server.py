"""Loaded by the fork server of a job worker: what its children then need not load each by itself.

Nothing that starts threads of its own when it is loaded, such as `turbovec`: a child has only the
thread that makes it.
"""

import app.core.fingerprints.describe
import app.core.fingerprints.fingerprinting
import app.core.provenance.reading
import app.jobs
import app.services  # noqa: F401
from workers.parent import end_with_parent

# Children hold what would tell the server that the worker is gone; they end with the server.
end_with_parent()
