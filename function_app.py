"""Compose the function app: telemetry first, then one line per blueprint."""

import azure.functions as func

from blueprints import (
    docs,
    health,
    location_worker,
    notification_worker,
    notifications,
    outbox,
    place_search,
    preflight,
    schedule_jobs,
    schedule_worker,
    schedules,
    sessions,
    sharing,
    trips,
    users,
)
from shared import telemetry

telemetry.configure()

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(health.bp)
app.register_functions(users.bp)
app.register_functions(sessions.bp)
app.register_functions(trips.bp)
app.register_functions(sharing.bp)
app.register_functions(schedule_jobs.bp)
app.register_functions(schedules.bp)
app.register_functions(place_search.bp)
app.register_functions(notifications.bp)
app.register_functions(schedule_worker.bp)
app.register_functions(location_worker.bp)
app.register_functions(notification_worker.bp)
app.register_functions(outbox.bp)
app.register_functions(docs.bp)
app.register_functions(preflight.bp)
