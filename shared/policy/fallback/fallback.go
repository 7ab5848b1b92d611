// Package fallback decides where else a message may go that its customer's channel takes
// no more: WeChat takes answers for a while only, a mailbox and a phone always.
package fallback

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// FellBack is the decision on a message that went another way: on the one that was given
// up as its reason, on the one in its place with from, by and to.
const FellBack = "send.fell_back"

// Noticed is the decision on a message of which the customer was only told, with as.
const Noticed = "send.notice"

// Notice says as what a customer is told of an answer that their channel takes no more,
// before it goes another way: the best kind that hasn't been tried, "" where there is
// none. Only an agent's answers are told of, and one that has gone another way isn't.
// told: the customer has heard of an earlier part of the same answer, which is enough.
func Notice(m desk.Message, id desk.Identity, kinds []string) (kind string, told bool) {
	if m.Purpose != "reply" || fellBack(m) || len(kinds) == 0 {
		return "", false
	}
	next := slices.Index(kinds, m.Notice) + 1 // 0 where none was tried
	if m.Notice == "" && !id.Noticed.IsZero() && id.Noticed.Equal(m.At) {
		return kinds[0], true
	}
	if next >= len(kinds) || m.Notice != "" && next == 0 {
		return "", false
	}
	return kinds[next], false
}

// NoticedAs is that decision.
func NoticedAs(kind string) desk.Decision {
	return desk.Decision{Code: Noticed, Args: map[string]string{"as": kind}}
}

// Question is all that the ways depend on.
type Question struct {
	Message  desk.Message
	Ticket   desk.Ticket
	Customer desk.Customer
	Accounts []desk.Address // the desk's, in the settings' order; no IDs
	// Takes says what an account does with files; nil: what is true of every one.
	Takes func(desk.Address) takes.Account
}

// maxWays bounds how many addresses are looked at.
const maxWays = 8

// Ways lists the addresses that the message may go to instead, the best first: those
// given on the ticket, those the customer has used, those given elsewhere; mail before
// SMS each time. There is none for what goes by mail or SMS already, has fallen back
// before, or goes to a third party; nor by an account that is gone, nor where the files
// can't go.
func Ways(q Question) []desk.Address {
	m := q.Message
	if m.From.Channel == desk.Email || m.From.Channel == desk.SMS || m.Purpose == "forward" || fellBack(m) {
		return nil
	}
	ways := q.given(q.Ticket.Contact)
	for _, ch := range []desk.Channel{desk.Email, desk.SMS} {
		for _, a := range q.Customer.Addresses {
			if a.Channel == ch && slices.Contains(q.Accounts, desk.Address{Channel: ch, Account: a.Account}) {
				ways = append(ways, a)
			}
		}
	}
	var out []desk.Address
	for _, a := range append(ways, q.given(q.Customer.Contact)...) {
		if len(out) < maxWays && !slices.Contains(out, a) && takes.Check(a, q.takes(a), m.Attachments) == nil {
			out = append(out, a)
		}
	}
	return out
}

func (q Question) takes(a desk.Address) takes.Account {
	if q.Takes == nil {
		return takes.Account{}
	}
	return q.Takes(a)
}

func fellBack(m desk.Message) bool {
	return slices.ContainsFunc(m.Decisions, func(d desk.Decision) bool { return d.Code == FellBack })
}

// given makes addresses of what somebody wrote into a form: at the first account of the
// channel, as for the form's own answer.
func (q Question) given(c desk.Contact) []desk.Address {
	var out []desk.Address
	for _, way := range []struct {
		ch desk.Channel
		id string
	}{{desk.Email, c.Mail}, {desk.SMS, c.Phone}} {
		i := slices.IndexFunc(q.Accounts, func(a desk.Address) bool { return a.Channel == way.ch })
		if way.id != "" && i >= 0 {
			out = append(out, desk.Address{Channel: way.ch, Account: q.Accounts[i].Account, ID: way.id})
		}
	}
	return out
}

// Open says whether an address takes the message: its owner has neither opted out nor
// gone, mail to it doesn't come back, and a survey is asked of nobody who wants none. An
// address that nobody has used yet is open.
func Open(id desk.Identity, purpose string) bool {
	return !id.OptedOut() && id.Gone.IsZero() && id.Bounced == "" && (purpose != "survey" || !id.NoSurvey)
}

// Decision says from which channel a message went where.
func Decision(from, to desk.Address) desk.Decision {
	return desk.Decision{Code: FellBack, Args: map[string]string{"from": string(from.Channel), "by": string(to.Channel), "to": to.ID}}
}
