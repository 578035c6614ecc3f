type Sde = { type: string; [key: string]: unknown };
interface Body { appType: string; engagementAttributes: Sde[] }

const empty: Body = { appType: "EXTERNAL", engagementAttributes: [] };

export class Session {
  private body: Body = empty;

  set(attributes: Sde[] | undefined): void {
    this.body.engagementAttributes = attributes ?? [{ type: "lead", lead: { topic: "help", subject: "other" } }];
  }

  first({ engagementAttributes: [first] }: Body): Sde {
    return first satisfies Sde;
  }

  async open<T extends Body>(body: T, age?: number): Promise<Response> {
    const all = { ...body, engagementAttributes: [...body.engagementAttributes, { type: "personal" as const, personal: { age: { age, year: `${new Date().getFullYear()}` } } }] };
    return fetch(`/api/account/12345678/app/engagement/visitors/?v=1.0`, { method: "POST", body: JSON.stringify(all) });
  }
}
