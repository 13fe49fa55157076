"""A local Azure Functions host on Microsoft's own worker library: an app indexes and runs as in Azure.

A front process serves HTTP, listens to queues and keeps time; worker processes run the app's functions.

What it does not do: access keys (every call is let in, as with `func start`), Service Bus topics and
sessions, HTTP streaming between function and client, and triggers or outputs other than HTTP, timer and
Service Bus queue. A function that needs one of these is refused at the start; a retry policy is ignored.
"""
