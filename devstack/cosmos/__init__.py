"""An emulator of Azure Cosmos DB for NoSQL: the HTTP subset that the Python SDK uses, over SQLite."""
