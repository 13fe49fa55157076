"""The administration surface of a namespace: queues as ATOM entries over http and TLS.

It answers what `ServiceBusAdministrationClient` of the Python and JavaScript SDKs and the queue scaler of
KEDA ask: get, list, create, update and delete queues, counts at run time, the namespace itself.
"""
