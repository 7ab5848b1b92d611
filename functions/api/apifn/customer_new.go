package apifn

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/deskhook/deskhook/shared/ticketing"
)

// newCustomer is the body of POST /v1/customers: a profile, and by what it is found.
type newCustomer struct {
	Email        string             `json:"email"`
	Phone        string             `json:"phone"`
	Name         *string            `json:"name"`
	Language     *string            `json:"language"`
	TimeZone     *string            `json:"time_zone"`
	Tier         json.RawMessage    `json:"tier"`
	Tags         *[]string          `json:"tags"`
	CustomFields map[string]*string `json:"custom_fields"`
	Consents     map[string]bool    `json:"consents"`
}

// createCustomer makes a customer; 409 names who has the address already.
func (a *api) createCustomer(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.keyed("who asks again must find the customer they made")
	if err != nil {
		return err
	}
	var b newCustomer
	if err := c.body(&b); err != nil {
		return err
	}
	p, err := profilePatch{
		Name: b.Name, Language: b.Language, TimeZone: b.TimeZone, Tier: b.Tier, Tags: b.Tags, CustomFields: b.CustomFields, Consents: b.Consents,
	}.profile()
	if err != nil {
		return err
	}
	id, err := a.Desk.CreateCustomer(c.ctx, act, ticketing.NewCustomer{Mail: b.Email, Phone: b.Phone, Profile: p})
	if err != nil {
		return takenBy(err)
	}
	return a.answerCustomerAs(c, http.StatusCreated, id)
}

// takenBy tells whose the address is.
func takenBy(err error) error {
	var taken ticketing.Taken
	if !errors.As(err, &taken) {
		return err
	}
	p := problemOf(err)
	for _, id := range taken {
		p.CustomerIDs = append(p.CustomerIDs, string(id))
	}
	return p
}
