"""Cosmos DB: documents by partition, read and written whole."""

from shared.documents.cosmos import Documents

__all__ = ["Documents"]
