"""The REST interface of the emulator: routes, signatures, headers and injected faults."""
