"""What waits: clocks, threads, event loops, connections. Everything else asks for it."""
