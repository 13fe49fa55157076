"""The server's half of AMQP 1.0: types, frames, connection, session and link state, without a socket."""
