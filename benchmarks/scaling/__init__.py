"""Bursts of messages replayed through KEDA's scaling rule, to choose how many messages one replica is for."""
