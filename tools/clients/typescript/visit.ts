// A visit with the generated client. The simulator's address is the argument; what was understood goes to stdout as JSON.

import {
    AppDetailsOsEnum,
    Configuration,
    CreateSessionOperationVEnum,
    CreateSessionRequestAppTypeEnum,
    EngagementApi,
    ErrorBodyFromJSON,
    PersonalInfoGenderEnum,
    ResponseError,
    ServiceInfoStatusEnum,
    UpdateSessionOperationVEnum,
} from "./client";
import type { EngagementAttribute } from "./client";

declare const process: { argv: string[]; exitCode?: number };

const accountId = "12345678";

async function visit(basePath: string): Promise<object> {
    const api = new EngagementApi(new Configuration({ basePath }));

    const personal: EngagementAttribute = {
        type: "personal",
        personal: {
            firstname: "Zoë",
            gender: PersonalInfoGenderEnum.Female,
            age: { year: 1986, month: 7, day: 22 },
            contacts: [{ email: "zoe@example.com" }],
        },
    };
    const cart: EngagementAttribute = {
        type: "cart",
        total: 11.7,
        numItems: 1,
        products: [{ product: { name: "antivirus", price: 11.7 }, quantity: 1 }],
    };
    const answer = await api.createSession({
        accountId,
        v: CreateSessionOperationVEnum._10,
        createSessionRequest: {
            appType: CreateSessionRequestAppTypeEnum.External,
            consumerSections: ["Support"],
            engagementAttributes: [personal, cart],
        },
    });
    const { engagementDetails: details, sessionId, visitorId, pageId } = answer;
    if (!details || sessionId === undefined || visitorId === undefined || pageId === undefined) {
        throw new Error("the answer lacks the engagement or an id");
    }

    await api.updateSession({
        accountId,
        visitorId: String(visitorId),
        sid: String(sessionId),
        v: UpdateSessionOperationVEnum._10,
        updateSessionRequest: {
            pageId: String(pageId),
            impAttributes: [
                {
                    type: "impDisplay",
                    campaign: Number(details.campaignId),
                    engId: Number(details.engagementId),
                    revision: Number(details.engagementRevision),
                    eContext: [{ type: "engagementContext", id: String(details.contextId) }],
                },
            ],
            engagementAttributes: [{ type: "service", service: { status: ServiceInfoStatusEnum.IN_PROGRESS } }],
        },
    });

    return {
        status: answer.status,
        engagementId: String(details.engagementId),
        skillId: String(details.skillId),
        refusal: await refusal(api),
    };
}

// The types allow any text as an address; the API does not.
async function refusal(api: EngagementApi): Promise<object> {
    try {
        await api.createSession({
            accountId,
            v: CreateSessionOperationVEnum._10,
            createSessionRequest: {
                appType: CreateSessionRequestAppTypeEnum.External,
                appDetails: { os: AppDetailsOsEnum.Android, ipAddress: "localhost" },
            },
        });
    } catch (error) {
        if (error instanceof ResponseError) {
            const body = ErrorBodyFromJSON(await error.response.json());
            return {
                error: error.name,
                status: error.response.status,
                message: body.message,
                internalCode: String(body.internalCode),
            };
        }
        throw error;
    }
    throw new Error("a wrong address was accepted");
}

visit(process.argv[2] ?? "").then(
    (told) => console.log(JSON.stringify(told)),
    (error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    },
);
