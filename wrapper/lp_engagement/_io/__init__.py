"""All I/O and waiting: clocks, threads, event loops and connections."""
