"""A Service Bus namespace on loopback, so that the unmodified `azure-servicebus` client runs without Azure.

It speaks AMQP 1.0 (OASIS, October 2012) with SASL ANONYMOUS and claims-based security ($cbs), and offers
queues: send and batches, peek-lock and receive-and-delete, complete, abandon, defer, dead-letter, dead-letter
sub-queue, peek, scheduled messages, lock renewal, duplicate detection, time to live, maximum delivery count.
`amqp` is the protocol, `broker` the queues: neither has a socket or a clock; `server` runs them on asyncio.
`admin` lets clients make, change, list and delete queues over ATOM, on http and TLS.

Left out: topics and subscriptions, sessions, transactions, forwarding between queues, partitions, WebSockets
and persistence. A configuration that asks for one of them is refused by name, never half obeyed.
"""
