"""Notifications: the public face of the domain."""

from shared.notifications.model import Inbox, Notification
from shared.notifications.service import deliver, erase, inbox, mark_read

__all__ = ["Inbox", "Notification", "deliver", "erase", "inbox", "mark_read"]
