package ticketing

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

const (
	maxRemark       = 60 // characters
	remarkAddresses = 50 // of a customer, that a remark is noted on: a transaction is bounded
	remarkTickets   = 50 // of a customer, newest first, that take the new name
)

// Remark names a customer as the desk's agents do; it goes before the name they came
// with, on their tickets too. "" takes the remark away.
func (d *Desk) Remark(ctx context.Context, act Act, id desk.CustomerID, remark string) error {
	remark = strings.TrimSpace(remark)
	if utf8.RuneCountInString(remark) > maxRemark || strings.ContainsFunc(remark, unicode.IsControl) || !utf8.ValidString(remark) {
		return desk.FieldError("remark", "may have one line of at most %d characters", maxRemark)
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	var c desk.Customer
	err = d.attempt(ctx, func(int) error {
		row, err := d.Store.Customer(ctx, id)
		if err != nil {
			return err
		}
		was := row.Value.Remark
		row.Value.Remark = remark
		c = row.Value
		if was == remark {
			return nil
		}
		return d.putRemark(ctx, act, row, s.Version)
	})
	if err != nil {
		return err
	}
	return d.renameTickets(ctx, c)
}

func (d *Desk) putRemark(ctx context.Context, act Act, row store.Row[desk.Customer], v int64) error {
	c := row.Value
	var tx store.Tx
	tx.PutCustomer(row)
	for _, a := range c.Addresses[:min(len(c.Addresses), remarkAddresses)] {
		i, err := d.Store.Identity(ctx, a)
		if err != nil {
			return err
		}
		if i.Exists() {
			i.Value.Remark = c.Remark
			tx.PutIdentity(i)
		}
	}
	ev := journal("", act.By, act.At, v, said("customer.remark", "to", c.Remark))
	tx.PutCustomerEvent(c.ID, ev)
	return d.Store.Commit(ctx, &tx)
}

// renameTickets puts the name on the tickets that are there already. It is the same each
// time, so an interrupted one is mended by saving again.
func (d *Desk) renameTickets(ctx context.Context, c desk.Customer) error {
	page, err := d.Store.TicketsOfCustomer(ctx, c.ID, "", remarkTickets)
	if err != nil {
		return err
	}
	for _, id := range page.IDs {
		err := d.attempt(ctx, func(int) error {
			row, err := d.Store.Ticket(ctx, id)
			if err != nil {
				return err
			}
			name := c.Remark
			if name == "" {
				i, err := d.Store.Identity(ctx, row.Value.From)
				if err != nil {
					return err
				}
				name = i.Value.Name
			}
			if row.Value.Name == name {
				return nil
			}
			row.Value.Name = name
			var tx store.Tx
			tx.PutTicket(row)
			return d.Store.Commit(ctx, &tx)
		})
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return err
		}
	}
	return nil
}
