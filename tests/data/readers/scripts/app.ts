import type { Visit } from "./visit";

declare const lpTag: { sdes: object[] };

export async function report(visit: Visit, total: number): Promise<void> {
  const body: Record<string, unknown> = {
    appType: "MSDK",
    engagementAttributes: [
      { type: "purchase", total: total as number, orderId: 4711 },
      { type: "personal", personal: { firstname: visit.name!, gender: "female" } } as const,
    ],
  };
  (window as any).lpTag.sdes.push(<never>body, { type: "lead", lead: { value: -1.5, currency: "EUR", topic: null } });
  await visit.send(body);
}
