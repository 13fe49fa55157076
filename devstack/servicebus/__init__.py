"""A Service Bus namespace on loopback, so that the unmodified `azure-servicebus` client runs without Azure.

It speaks AMQP 1.0 (OASIS, October 2012) with SASL ANONYMOUS and claims-based security ($cbs), and offers
queues: send and batches, peek-lock and receive-and-delete, complete, abandon, defer, dead-letter, dead-letter
sub-queue, peek, scheduled messages, lock renewal, duplicate detection, time to live, maximum delivery count,
sessions with their state. Messages live in memory, or with `--state DIR` in SQLite. `amqp` is the protocol,
`broker` the queues: neither has a socket or a clock; `server` and `peer` run them on asyncio, `state` and
`notes` write them down. `admin` is the management REST surface over ATOM, `control` what tests do.

Left out: topics and subscriptions, transactions, forwarding between queues, partitions and WebSockets. A
configuration that asks for one of them is refused by name, never half obeyed.
"""
