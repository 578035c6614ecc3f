"""What a call does, without any I/O: no clock, no socket, no HTTP library. The rooms of `_io` carry it out."""
