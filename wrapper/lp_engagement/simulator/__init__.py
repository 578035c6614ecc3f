"""The App Engagement endpoint, simulated: in process or as a server on the loopback.

    simulator = Simulator(cold=1)
    transport = simulator.transport()          # in process, for a client of this process
    with simulator.serve() as server:          # or for any client on this machine
        server.url

It shares the schemas and the facts of the spec with the client, but none of its code: a mistake of the client must not
be mirrored here.
"""

from .engine import Simulator
from .records import Entry, Journal, Session, SimulatedResponse, Visitor
from .scenario import Campaign, ConnectionCut, Fault
from .transport import AsyncSimulatorTransport, SimulatorTransport

__all__ = [
    "AsyncSimulatorTransport",
    "Campaign",
    "ConnectionCut",
    "Entry",
    "Fault",
    "Journal",
    "Session",
    "SimulatedResponse",
    "Simulator",
    "SimulatorTransport",
    "Visitor",
]
