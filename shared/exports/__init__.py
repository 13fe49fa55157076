"""Exports: a copy of everything the product holds of an account, to take away."""

from shared.exports.gathering import run
from shared.exports.model import Export, ExportFile, ExportPage
from shared.exports.service import file, list_page, read, request, sweep

__all__ = ["Export", "ExportFile", "ExportPage", "file", "list_page", "read", "request", "run", "sweep"]
