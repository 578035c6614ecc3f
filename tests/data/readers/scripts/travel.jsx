import { useEffect } from "react";

const pence = (amount) => Math.round(amount * 100) / 100;

export function Basket({ basket, traveller, flags }) {
  useEffect(() => {
    globalThis.lpTag?.sdes?.push(
      {
        type: "cart",
        total: pence(basket.total),
        currency: basket.currency ?? "GBP",
        numItems: basket.trips.length,
        products: basket.trips.map(({ title, price, seats }) => ({ product: { name: title, price }, quantity: seats })),
      },
      flags.known && {
        type: "personal",
        personal: {
          firstname: traveller.name.first,
          lastname: `${traveller.name.last}`.trim(),
          gender: "Male",
          age: { age: String(traveller.age), year: traveller.born.getFullYear() },
          contacts: [{ email: traveller.mail, phone: traveller.phone, phoneType: "mobile" }, ...traveller.others],
        },
      },
    );
  }, [basket, traveller]);

  return <section style={{ color: "green" }} data-note="lpTag.sdes.push({type: 'x'})">{basket.trips.length} trips</section>;
}
