"""Run one visit from start to end, against a simulator: python examples/first_visit.py."""

# ruff: noqa: INP001, T201 - a script that prints to stdout

from lp_engagement import EngagementClient, sde
from lp_engagement.simulator import Simulator


def click(client: EngagementClient, customer: str) -> None:
    """Report the click on the offer. Your app does this in the handler of the click, perhaps in another process."""
    visit = client.visit(customer)
    offered = visit.current_engagement()
    if offered is None:
        print("the offer has expired")
        return
    visit.update(impressions=[offered.accepted()])
    print("accepted")


def main() -> None:
    """Request an engagement, show the offer, report the click, and request another engagement."""
    # For a real account, use EngagementClient("your account id") and no server.
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
        # Report this once per offer, where you show it.
        visit.update(impressions=[engagement.displayed()])

        click(client, "customer-4711")

        again = visit.get_engagement(sdes=[sde.purchase(total=11.7, order_id="A-1")])
        print("same visitor:", again.visitor_id == engagement.visitor_id)
        print("same session:", not again.new_session)


if __name__ == "__main__":
    main()
