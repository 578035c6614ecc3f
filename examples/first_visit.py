"""One visit from start to end, against a simulator: python examples/first_visit.py."""

# ruff: noqa: INP001, T201 - a script, and it speaks on stdout

from lp_engagement import EngagementClient, sde
from lp_engagement.simulator import Simulator


def main() -> None:
    """Ask, report what the consumer did, ask again."""
    # For a real account: EngagementClient("your account id"), and no server.
    with (
        Simulator().serve() as server,
        EngagementClient("12345678", base_url=server.url, store="memory://") as client,
    ):
        visit = client.visit("customer-4711")
        engagement = visit.get_engagement(sdes=[sde.cart(total=11.7, num_items=1, currency="USD")], sections=["Cart"])
        if engagement.details is None:
            print("nothing to offer")
            return
        print(f"offer {engagement.details.skill_name} until {engagement.expires_at:%H:%M:%S} UTC")
        visit.update(impressions=[engagement.displayed(), engagement.accepted()])

        again = visit.get_engagement(sdes=[sde.purchase(total=11.7, order_id="A-1")])
        print("same visitor:", again.visitor_id == engagement.visitor_id)
        print("same session:", not again.new_session)


if __name__ == "__main__":
    main()
