// A visit with the generated client. The simulator's address is the argument; what was understood goes to stdout as JSON.

import client.ApiClient;
import client.ApiException;
import client.api.EngagementApi;
import client.model.Age;
import client.model.AppDetails;
import client.model.CartProduct;
import client.model.CartSde;
import client.model.Contact;
import client.model.CreateSessionRequest;
import client.model.EngagementAnswer;
import client.model.EngagementAttribute;
import client.model.EngagementContext;
import client.model.EngagementDetails;
import client.model.ErrorBody;
import client.model.ImpDisplay;
import client.model.ImpressionEvent;
import client.model.PersonalInfo;
import client.model.PersonalSde;
import client.model.Product;
import client.model.ServiceInfo;
import client.model.ServiceSde;
import client.model.UpdateSessionRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;

public final class Visit {
    private static final String ACCOUNT = "12345678";
    private static final String VERSION = "1.0";

    public static void main(String[] arguments) throws ApiException, JsonProcessingException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        EngagementApi api = new EngagementApi(client);

        PersonalSde personal =
                new PersonalSde()
                        .personal(
                                new PersonalInfo()
                                        .firstname("Zoë")
                                        .gender(PersonalInfo.GenderEnum.FEMALE)
                                        .age(new Age().year(1986L).month(7L).day(22L))
                                        .addContactsItem(new Contact().email("zoe@example.com")));
        Product product = new Product().name("antivirus").price(11.7);
        CartSde cart =
                new CartSde()
                        .total(11.7)
                        .numItems(1L)
                        .addProductsItem(new CartProduct().product(product).quantity(1L));
        EngagementAnswer answer =
                api.createSession(
                        ACCOUNT,
                        VERSION,
                        new CreateSessionRequest()
                                .appType(CreateSessionRequest.AppTypeEnum.EXTERNAL)
                                .consumerSections(List.of("Support"))
                                .addEngagementAttributesItem(new EngagementAttribute(personal))
                                .addEngagementAttributesItem(new EngagementAttribute(cart)));
        EngagementDetails details = answer.getEngagementDetails();

        ImpDisplay displayed =
                new ImpDisplay()
                        .campaign(Long.valueOf(details.getCampaignId()))
                        .engId(Long.valueOf(details.getEngagementId()))
                        .revision(details.getEngagementRevision())
                        .addEContextItem(new EngagementContext().id(details.getContextId()));
        ServiceSde service =
                new ServiceSde().service(new ServiceInfo().status(ServiceInfo.StatusEnum.IN_PROGRESS));
        api.updateSession(
                VERSION,
                answer.getSessionId(),
                ACCOUNT,
                answer.getVisitorId(),
                new UpdateSessionRequest()
                        .pageId(answer.getPageId())
                        .addImpAttributesItem(new ImpressionEvent(displayed))
                        .addEngagementAttributesItem(new EngagementAttribute(service)));

        ObjectMapper mapper = client.getObjectMapper();
        System.out.println(
                mapper.writeValueAsString(
                        Map.of(
                                "status", answer.getStatus(),
                                "engagementId", details.getEngagementId(),
                                "skillId", details.getSkillId(),
                                "refusal", refusal(api, mapper))));
    }

    // The types allow any text as an address; the API does not.
    private static Map<String, Object> refusal(EngagementApi api, ObjectMapper mapper)
            throws JsonProcessingException {
        try {
            api.createSession(
                    ACCOUNT,
                    VERSION,
                    new CreateSessionRequest()
                            .appType(CreateSessionRequest.AppTypeEnum.EXTERNAL)
                            .appDetails(new AppDetails().os(AppDetails.OsEnum.ANDROID).ipAddress("localhost")));
        } catch (ApiException error) {
            ErrorBody body = mapper.readValue(error.getResponseBody(), ErrorBody.class);
            return Map.of(
                    "error", error.getClass().getSimpleName(),
                    "status", error.getCode(),
                    "message", body.getMessage(),
                    "internalCode", body.getInternalCode());
        }
        throw new IllegalStateException("a wrong address was accepted");
    }
}
