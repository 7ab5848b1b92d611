package consolefn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/optout"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// reached is one of a customer's addresses with what is true of it.
type reached struct {
	address
	Handle  string
	Proven  bool
	Left    time.Time // they no longer follow the account since
	Bounced bool
	Opts    []opted
}

// opted is whether the customer takes something at an address, and what the agent may do
// about it.
type opted struct {
	optout.Standing
	Kind optout.Kind
	What string // in words
	Who  string
	Why  string
	May  bool
	Not  string // why they may not, where that isn't plain
}

// reachedAt reads what is true of a customer's addresses.
func (v *visit) reachedAt(c desk.Customer) ([]reached, error) {
	ids, err := v.Desk.Addresses(v.r.Context(), c)
	var out []reached
	for _, id := range ids {
		a := id.Address
		r := reached{
			address: address{a.Channel, journal.Channel(a.Channel, v.lang), a.ID},
			Handle:  a.Handle(), Proven: id.Proven, Left: id.Gone, Bounced: id.Bounced != "",
		}
		if a.Channel != desk.WebForm {
			r.Opts = []opted{v.opted(id, optout.Messages), v.opted(id, optout.Surveys)}
		}
		out = append(out, r)
	}
	return out, err
}

func (v *visit) opted(id desk.Identity, k optout.Kind) opted {
	o := opted{Standing: optout.Of(id, k), Kind: k}
	why := optout.May(id, k, !o.Out, v.leads())
	o.May = why == optout.Fine
	L := func(zh, en string) string {
		if v.lang == "zh-CN" {
			return zh
		}
		return en
	}
	o.What = L("消息", "messages")
	if k == optout.Surveys {
		o.What = L("满意度调查", "surveys")
	}
	o.Who = L("客户本人", "the customer")
	if o.By.ID != "" {
		o.Who = v.who(o.By)
	}
	o.Why = journal.Why(o.Standing.Why, v.lang)
	switch why {
	case optout.TheirWord:
		o.Not = L("客户本人的意愿，只有组长可以取消。", "Their own word: only a lead may lift it.")
	case optout.AtCarrier:
		o.Not = L("运营商已登记 STOP，只有客户本人回复 START 才能恢复。", "The carrier holds their STOP: only their START lifts it.")
	}
	return o
}

func (v *visit) leads() bool { return v.by.Role.AtLeast(allow.Lead) }

// optOut notes or lifts an opt-out of one of the customer's addresses.
func (v *visit) optOut() error {
	f := v.r.PostForm
	row, err := v.Store.Customer(v.r.Context(), v.customerID())
	if err != nil {
		return err
	}
	a, err := ticketing.AddressOf(row.Value, f.Get("address"))
	if err != nil {
		return err
	}
	err = v.Desk.Opt(v.r.Context(), v.act(), v.customerID(), ticketing.OptOut{
		Address: a, Kind: optout.Kind(f.Get("kind")), Out: f.Get("out") != "", Why: f.Get("why"), Lead: v.leads(),
	})
	if err != nil {
		return err
	}
	v.toCustomer(v.customerID())
	return nil
}
