"""One visit from start to end, against a simulator: python examples/first_visit.py."""

# ruff: noqa: INP001, T201 - a script, and it speaks on stdout

from lp_engagement import EngagementClient, sde
from lp_engagement.simulator import Simulator


def click(client: EngagementClient, customer: str) -> None:
    """Report the click on the offer. An app calls this from the handler of the click, which may be another process."""
    visit = client.visit(customer)
    offered = visit.engagement
    if offered is None:
        print("the offer has expired")
        return
    visit.update(impressions=[offered.accepted()])
    print("accepted")


def main() -> None:
    """Ask, show the offer, report the click, ask again."""
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
        # Once per offer, where it is shown.
        visit.update(impressions=[engagement.displayed()])

        click(client, "customer-4711")

        again = visit.get_engagement(sdes=[sde.purchase(total=11.7, order_id="A-1")])
        print("same visitor:", again.visitor_id == engagement.visitor_id)
        print("same session:", not again.new_session)


if __name__ == "__main__":
    main()
