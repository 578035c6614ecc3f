// A visit with the generated client. The simulator's address is the argument; what was understood goes to stdout as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"

	"visit/client"
)

const (
	account = "12345678"
	version = "1.0"
)

func main() {
	told, err := visit(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		log.Fatal(err)
	}
}

func visit(url string) (map[string]any, error) {
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: url}}
	api := client.NewAPIClient(configuration).EngagementAPI
	ctx := context.Background()

	age := client.NewAge()
	age.SetYear(1986)
	age.SetMonth(7)
	age.SetDay(22)
	contact := client.NewContact()
	contact.SetEmail("zoe@example.com")
	info := client.NewPersonalInfo()
	info.SetFirstname("Zoë")
	info.SetGender("FEMALE")
	info.SetAge(*age)
	info.SetContacts([]client.Contact{*contact})
	personal := client.NewPersonalSdeWithDefaults()
	personal.SetPersonal(*info)

	product := client.NewProduct()
	product.SetName("antivirus")
	product.SetPrice(11.7)
	line := client.NewCartProduct(*product)
	line.SetQuantity(1)
	cart := client.NewCartSdeWithDefaults()
	cart.SetTotal(11.7)
	cart.SetNumItems(1)
	cart.SetProducts([]client.CartProduct{*line})

	create := client.NewCreateSessionRequest("EXTERNAL")
	create.SetConsumerSections([]string{"Support"})
	create.SetEngagementAttributes([]client.EngagementAttribute{
		client.PersonalSdeAsEngagementAttribute(personal),
		client.CartSdeAsEngagementAttribute(cart),
	})
	answer, _, err := api.CreateSession(ctx, account).V(version).CreateSessionRequest(*create).Execute()
	if err != nil {
		return nil, err
	}
	details := answer.GetEngagementDetails()

	place := client.NewEngagementContextWithDefaults()
	place.SetId(text(details.GetContextId()))
	displayed := client.NewImpDisplayWithDefaults()
	displayed.SetCampaign(number(details.GetCampaignId()))
	displayed.SetEngId(number(details.GetEngagementId()))
	displayed.SetRevision(details.GetEngagementRevision())
	displayed.SetEContext([]client.EngagementContext{*place})
	status := client.NewServiceInfo()
	status.SetStatus(1)
	service := client.NewServiceSdeWithDefaults()
	service.SetService(*status)

	update := client.NewUpdateSessionRequest(text(answer.GetPageId()))
	update.SetImpAttributes([]client.ImpressionEvent{client.ImpDisplayAsImpressionEvent(displayed)})
	update.SetEngagementAttributes([]client.EngagementAttribute{client.ServiceSdeAsEngagementAttribute(service)})
	_, err = api.UpdateSession(ctx, account, text(answer.GetVisitorId())).
		Sid(text(answer.GetSessionId())).
		V(version).
		UpdateSessionRequest(*update).
		Execute()
	if err != nil {
		return nil, err
	}

	refused, err := refusal(ctx, api)
	return map[string]any{
		"status":       answer.GetStatus(),
		"engagementId": text(details.GetEngagementId()),
		"skillId":      text(details.GetSkillId()),
		"refusal":      refused,
	}, err
}

// The types allow any text as an address; the API does not.
func refusal(ctx context.Context, api *client.EngagementAPIService) (map[string]any, error) {
	app := client.NewAppDetails()
	app.SetOs("ANDROID")
	app.SetIpAddress("localhost")
	create := client.NewCreateSessionRequest("EXTERNAL")
	create.SetAppDetails(*app)
	_, response, err := api.CreateSession(ctx, account).V(version).CreateSessionRequest(*create).Execute()
	var refused *client.GenericOpenAPIError
	if !errors.As(err, &refused) {
		return nil, fmt.Errorf("a wrong address was accepted, or never arrived: %w", err)
	}
	body, ok := refused.Model().(client.ErrorBody)
	if !ok {
		return nil, fmt.Errorf("the error has no body that could be read: %w", err)
	}
	return map[string]any{
		"error":        "GenericOpenAPIError",
		"status":       response.StatusCode,
		"message":      body.GetMessage(),
		"internalCode": text(body.GetInternalCode()),
	}, nil
}

// Ids come as text or as numbers.
func text(id client.StringOrInteger) string {
	return fmt.Sprint(id.GetActualInstanceValue())
}

func number(id client.StringOrInteger) int64 {
	value, err := strconv.ParseInt(text(id), 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	return value
}
