"""The process that sends webhooks: `python -m workers.webhook_sender`."""

import threading
from datetime import timedelta

from app import telemetry
from app.db import Database
from app.private_files import keep_files_private
from app.services import delivery_log
from app.services.sending import SenderPolicy, run_sender
from app.settings import Settings
from workers.parent import follow_supervisor, stop_signal


def main() -> None:
    """Send what is due until the supervisor says stop."""
    follow_supervisor()
    keep_files_private()
    stop = stop_signal()
    settings = Settings()
    telemetry.configure(as_json=settings.log_json, process="sender")
    database = Database(settings.resolved_database_url)
    policy = SenderPolicy(
        allow_private=settings.webhook_private, timeout_s=settings.webhook_timeout_s
    )
    days = settings.delivery_log_days
    kept_for = None if days == "keep" else timedelta(days=days)
    tidied = (database, kept_for, stop)
    # A daemon: should sending break off, nothing keeps the process from being started anew.
    tidying = threading.Thread(target=delivery_log.run, args=tidied, daemon=True)
    tidying.start()
    run_sender(database, policy, stop)
    tidying.join()
    database.close()


if __name__ == "__main__":
    main()
