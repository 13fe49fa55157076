"""Queues with locks, schedules, expiry, duplicate history and dead letters, without a protocol or a clock."""
