import type { Visit } from "./visit";

declare const lpTag: { sdes: object[] };

export async function report(visit: Visit, total: number): Promise<void> {
  const body: Record<string, unknown> = {
    appType: "MSDK",
    engagementAttributes: [
      { type: "purchase", total: total as number, orderId: 4711 }, // fault: wrong-type
      { type: "personal", personal: { firstname: visit.name!, gender: "female" } } as const, // fault: enum-case
    ],
  };
  (window as any).lpTag.sdes.push(<never>body, { type: "lead", lead: { value: -1.5, currency: "EUR", topic: null } }); // fault: null
  await visit.send(body);
}
