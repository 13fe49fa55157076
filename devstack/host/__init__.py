"""A local Azure Functions host on Microsoft's own worker library: an app indexes and runs as in Azure.

What it does not do: access keys (every call is let in, as with `func start`), output bindings, Service Bus
topics and sessions, and triggers other than HTTP, timer and Service Bus queue. A function that needs one of
the last three is refused at the start; a retry policy on a function is ignored.
"""
