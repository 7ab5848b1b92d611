package season

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// populate makes the customers and what they will want of the desk.
func (s *season) populate() {
	for n := range s.cfg.Customers {
		name := zones[n%len(zones)]
		p := &person{n: n, name: name, zone: mustLoad(name)}
		set(&p.tiers, start, []desk.Tier{desk.Standard, desk.Standard, desk.Standard, desk.Silver, desk.Gold, desk.VIP}[s.rng.IntN(6)])
		s.live(p)
		if len(p.addrs) == 1 && s.chance(16) {
			s.live2(p)
		}
		s.people = append(s.people, p)
		if s.chance(4) {
			s.later(s.sometime(), func() { s.promote(p) })
		}
	}
}

func (s *season) sometime() time.Time {
	return start.Add(s.between(0, time.Duration(s.cfg.Days)*day-2*day))
}

// live gives a person an address and contacts over the season.
func (s *season) live(p *person) {
	a := desk.Address{Channel: desk.WeChat, Account: "main", ID: fmt.Sprintf("oPerson%06d", p.n)}
	switch c := s.rng.IntN(100); {
	case c < 35:
	case c < 60:
		a = desk.Address{Channel: desk.Email, Account: "support", ID: fmt.Sprintf("p%d@x.example", p.n)}
	case c < 80:
		a = desk.Address{Channel: desk.SMS, Account: "main", ID: fmt.Sprintf("+1415%07d", p.n)}
	case c < 92:
		a = desk.Address{Channel: desk.WebForm, Account: "contact", ID: fmt.Sprintf("f%d@x.example", p.n)}
	default:
		a = desk.Address{Channel: desk.Generic, Account: "main", ID: fmt.Sprintf("user-%d", p.n)}
	}
	s.contacts(s.move(p, a), 1+s.rng.IntN(4))
}

// live2 gives who writes on a chat a mailbox too, and an agent who sees that they are one.
func (s *season) live2(p *person) {
	if c := p.addrs[0].Channel; c != desk.WeChat && c != desk.SMS {
		return
	}
	a := s.move(p, desk.Address{Channel: desk.Email, Account: "support", ID: fmt.Sprintf("second%d@x.example", p.n)})
	s.contacts(a, 1+s.rng.IntN(2))
	s.later(s.sometime(), func() { s.join(p) })
}

func (s *season) move(p *person, at desk.Address) *address {
	a := &address{Address: at, who: p}
	p.addrs = append(p.addrs, a)
	s.at[at] = a
	if at.Channel == desk.WebForm { // answered by mail
		s.at[desk.Address{Channel: desk.Email, Account: "support", ID: at.ID}] = a
	}
	return a
}

func (s *season) contacts(a *address, n int) {
	for range n {
		s.later(s.sometime(), func() { s.write(a, "hello, my order is late", false) })
	}
	if s.chance(4) {
		s.later(s.sometime(), func() { s.leave(a) })
	}
}

// promote gives a customer another tier, on all that the desk knows of them.
func (s *season) promote(p *person) {
	tier := []desk.Tier{desk.Standard, desk.Gold, desk.VIP}[s.rng.IntN(3)]
	for _, a := range p.addrs {
		if a.known {
			s.must(s.w.desk.ChangeCustomer(context.Background(), s.act("li"), a.customer, ticketing.Profile{Tier: &tier}))
		}
	}
	set(&p.tiers, s.w.now, tier)
	s.counts["promoted"]++
}

// join lets an agent find that two customers are one; some of it is undone.
func (s *season) join(p *person) {
	a, b := p.addrs[0], p.addrs[1]
	if !a.known || !b.known {
		return
	}
	s.must(s.w.desk.MergeCustomers(context.Background(), s.act("li"), b.customer, a.customer, "the same person"))
	set(&p.one, s.w.now, true)
	s.counts["customers merged"]++
	if s.chance(30) {
		s.in(day, 20*day, func() {
			s.must(s.w.desk.UnmergeCustomers(context.Background(), s.act("li"), b.customer, a.customer))
			set(&p.one, s.w.now, false)
			s.counts["customers unmerged"]++
		})
	}
}

// leave takes an address off surveys in its channel's way; some come back.
func (s *season) leave(a *address) {
	switch a.Channel {
	case desk.SMS:
		s.tell(a, desk.Inbound{Kind: desk.InOptOut, Text: "STOP", Type: "STOP"})
		if s.chance(40) {
			s.in(5*day, 30*day, func() {
				s.tell(a, desk.Inbound{Kind: desk.InOptIn, Text: "START", Type: "START"})
				set(&a.shut, s.w.now, false)
			})
		}
	case desk.WeChat:
		s.tell(a, desk.Inbound{Kind: desk.InEvent, Type: "unsubscribe", At: s.w.now})
	case desk.Email, desk.WebForm:
		s.must(s.w.desk.StopSurveys(context.Background(), desk.Address{Channel: desk.Email, Account: "support", ID: a.ID}, "", s.w.now))
	default:
		return
	}
	set(&a.shut, s.w.now, true)
	s.counts["opted out"]++
}

// tell hands something to the desk as if the channel's parser had read it.
func (s *season) tell(a *address, in desk.Inbound) ticketing.Received {
	s.n++
	in.ID, in.From, in.Lang, in.Name = fmt.Sprintf("m%09d", s.n), a.Address, "en", fmt.Sprint("Person ", a.who.n)
	got, err := s.w.desk.Receive(context.Background(), channel.Envelope{Channel: a.Channel, Account: a.Account, At: s.w.now}, in)
	s.must(err)
	return got
}

// write is a message of the customer's; answering continues the last mail.
func (s *season) write(a *address, text string, answering bool) {
	if s.w.now.Before(a.until) && a.last.open(s.w.now) && !strings.Contains(text, "?") {
		s.comment(a.last, text) // whatever it is about
		return
	}
	in := desk.Inbound{Kind: desk.InMessage, Text: text}
	switch a.Channel {
	case desk.Email:
		id := fmt.Sprintf("m%d@x.example", s.n)
		in.Subject = "My order"
		in.Mail = &desk.Mail{MessageID: id, Trusted: true, To: []string{"help@desk.example"}}
		if answering {
			in.Mail.InReplyTo, in.Mail.References = a.mail, []string{a.mail}
		}
		a.mail = id
	case desk.WebForm:
		in.Form, in.Contact = "contact", desk.Contact{Mail: a.ID}
	case desk.WeChat:
		set(&a.shut, s.w.now, false) // who writes follows again
	}
	if !s.w.now.Before(a.until) && !a.until.IsZero() {
		a.last, a.until = nil, time.Time{} // whatever comes now ends the time for comments
	}
	s.came(a, s.tell(a, in))
}

// came notes what a message became.
func (s *season) came(a *address, got ticketing.Received) {
	now, t := s.w.now, s.tickets[got.Ticket]
	if t == nil {
		t = &ticket{id: got.Ticket, from: a, opened: now}
		set(&t.teams, now, map[desk.Channel]string{desk.SMS: "billing", desk.WebForm: "sales"}[a.Channel])
		if valueAt(t.teams, now) == "" {
			t.teams = []since[string]{{now, "support"}}
		}
		s.tickets[got.Ticket] = t
		s.opened = append(s.opened, t)
		s.counted(now, t.cuts(now), "opened")
		if r, ok := row[struct {
			Customer desk.CustomerID `json:"cust"`
		}](s.w, "T#"+string(t.id), "T"); ok && a.customer == "" {
			a.customer = r.Customer
		}
	} else if t.spam {
		return // kept, and nobody's work
	} else if !t.is(now) {
		s.counted(now, t.cuts(now), "reopened")
		s.counts["reopened"]++
	}
	set(&t.active, now, true)
	s.plan(t, 10*time.Minute, 20*time.Hour)
}
