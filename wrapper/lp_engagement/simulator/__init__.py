"""A simulator of the App Engagement API, in process or as a server on the loopback interface.

For example::

    simulator = Simulator(cold=1)
    transport = simulator.transport()          # in process, for a client of this process
    app = simulator.asgi()                     # for any ASGI server
    with simulator.serve() as server:          # for any client on this machine, with a page
        server.url

    simulator.script("12345678", "503 x2 then 200")
    simulator.clock.advance(3600)
    simulator.journal.last().sdes

The simulator and the client share the data generated from the spec (schemas, facts, operations) but no code, so that
the simulator does not repeat the client's mistakes.
"""

from .campaigns import Campaign
from .dropping import Dropped
from .faults import Fault, ScenarioError
from .mountable import Mountable
from .mounts import AsyncSimulatorTransport, SimulatorApp, SimulatorTransport
from .requests import Entry, Journal
from .response import ConnectionCut, SimulatedResponse
from .simulator import Simulator
from .state import Session, VirtualClock, Visitor

__all__ = [
    "AsyncSimulatorTransport",
    "Campaign",
    "ConnectionCut",
    "Dropped",
    "Entry",
    "Fault",
    "Journal",
    "Mountable",
    "ScenarioError",
    "Session",
    "SimulatedResponse",
    "Simulator",
    "SimulatorApp",
    "SimulatorTransport",
    "VirtualClock",
    "Visitor",
]
