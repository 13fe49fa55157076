"""Stand-ins for Azure and the external APIs on a laptop; never deployed."""
