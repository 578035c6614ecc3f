"""The logic of a call, without any I/O: no clock, no socket, no HTTP library. The rooms of `_io` carry it out."""
