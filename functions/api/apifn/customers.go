package apifn

import (
	"net/http"

	"github.com/deskhook/deskhook/shared/desk"
)

// joinBody asks for a merge.
type joinBody struct {
	Into string `json:"into"` // the customer who stays
	Why  string `json:"why"`  // the evidence
}

// mergeCustomer makes the customer an alias of another and answers the other.
func (a *api) mergeCustomer(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var b joinBody
	if err := c.body(&b); err != nil {
		return err
	}
	if b.Into == "" {
		return badField("into", "is needed: the id of the customer who stays")
	}
	into := desk.CustomerID(b.Into)
	if err := a.Desk.MergeCustomers(c.ctx, act, desk.CustomerID(c.r.PathValue("id")), into, b.Why); err != nil {
		return notKeyed(err)
	}
	return a.answerCustomer(c, into)
}

// unmergeCustomer undoes the merge of a customer and answers them, on their own again.
func (a *api) unmergeCustomer(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	id := desk.CustomerID(c.r.PathValue("id"))
	if err := a.Desk.UnmergeCustomer(c.ctx, act, id); err != nil {
		return notKeyed(err)
	}
	return a.answerCustomer(c, id)
}

func (a *api) answerCustomer(c *call, id desk.CustomerID) error {
	return a.answerCustomerAs(c, http.StatusOK, id)
}

func (a *api) answerCustomerAs(c *call, status int, id desk.CustomerID) error {
	row, err := a.Store.Customer(c.ctx, id)
	if err != nil {
		return notKeyed(err)
	}
	c.w.Header().Set("ETag", etag(row.Version))
	return c.json(status, viewCustomer(row.Value))
}
