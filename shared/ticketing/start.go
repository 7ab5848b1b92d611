package ticketing

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/store"
)

// Start is a ticket that an agent begins: with a mail or an SMS to somebody, or with a
// telephone call that is noted and sends nothing.
type Start struct {
	By      StartBy
	Account string          // the mailbox or number it goes out from; "" = the first
	To      string          // a mail address; for SMS and calls a phone number as shared/phone reads it
	Name    string          // the customer's, where it isn't known yet
	For     desk.CustomerID // whose page it was begun on: who told To, and hasn't proven it; "" = nobody's
	Subject string
	Text    string // the message; of a call, what was said
	Outcome Outcome
	Status  desk.Status // afterwards; "" = pending, of a call open
	Team    string      // "" = the account's, else the desk's
	Lang    string      // "" = as the text looks
}

// StartBy is how an agent got in touch.
type StartBy string

// The ways to begin a ticket.
const (
	StartMail StartBy = "email"
	StartSMS  StartBy = "sms"
	StartCall StartBy = "call"
)

// Outcome is what came of a telephone call.
type Outcome string

// Outcomes lists what may come of a call.
var Outcomes = []Outcome{"reached", "no_answer", "voicemail"}

// Start opens a ticket and queues its first message, in one transaction; act.Key, which
// is needed, does it once. An address that opted out is refused, and so is a second open
// ticket of a customer on a channel that has one each.
func (d *Desk) Start(ctx context.Context, act Act, n Start) (desk.TicketID, error) {
	if act.Key == "" {
		return "", desk.FieldError("key", "is missing: a ticket begun twice would be sent twice")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	to, err := n.check(s)
	if err != nil {
		return "", err
	}
	var id desk.TicketID
	err = d.attempt(ctx, func(int) error {
		var done bool
		if id, done, err = d.startID(ctx, act); done || err != nil {
			return err
		}
		a := &acting{desk: d, s: s, act: act}
		a.t = &a.row.Value
		if err := a.start(ctx, id, n, to); err != nil {
			return err
		}
		return a.commit(ctx)
	})
	return id, err
}

// startID derives the new ticket's id from the key; done where the key has been used.
func (d *Desk) startID(ctx context.Context, act Act) (id desk.TicketID, done bool, err error) {
	for n := 0; ; n++ {
		id = desk.NewTicketID(n, "start", act.Key)
		seen, err := d.before(ctx, act, id)
		if err != nil || seen.Exists() {
			return id, seen.Exists(), err
		}
		rows, err := d.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return id, false, err
		}
	}
}

// check says what of it can't be, and gives the customer's address.
func (n *Start) check(s *config.Settings) (to desk.Address, err error) {
	if err := checkText(n.Text); err != nil {
		return to, err
	}
	call := n.By == StartCall
	switch {
	case call != (n.Outcome != ""):
		return to, desk.FieldError("outcome", "goes with a call, and a call needs one")
	case call && !slices.Contains(Outcomes, n.Outcome):
		return to, desk.FieldError("outcome", "must be one of reached, no_answer, voicemail")
	case n.Status != "" && !slices.Contains([]desk.Status{desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusResolved}, n.Status):
		return to, desk.FieldError("status", "must be one of open, pending, on_hold, resolved")
	case n.Lang != "" && !slices.Contains(config.Languages, n.Lang):
		return to, desk.FieldError("language", "must be one of zh-CN, en")
	}
	if n.Team != "" && !slices.Contains(s.AllTeams(), n.Team) {
		return to, desk.FieldError("team", "there is no team %q", n.Team)
	}
	if err := n.lengths(); err != nil {
		return to, err
	}
	return n.address(s)
}

// How long what an agent writes of a ticket may be, in characters.
const (
	maxSubject = 120
	maxCalled  = 60 // a customer's name
)

func (n *Start) lengths() error {
	switch {
	case utf8.RuneCountInString(n.Subject) > maxSubject:
		return desk.FieldError("subject", "may have at most %d characters", maxSubject)
	case utf8.RuneCountInString(n.Name) > maxCalled:
		return desk.FieldError("name", "may have at most %d characters", maxCalled)
	}
	return nil
}

func (n *Start) address(s *config.Settings) (to desk.Address, err error) {
	to.Channel = desk.SMS
	switch n.By {
	case StartMail:
		to.Channel = desk.Email
		if to.ID, err = mailAddress("to", n.To); err != nil {
			return to, err
		}
		if ownAddress(s, to.ID) {
			return to, desk.FieldError("to", "is the desk's own address")
		}
	case StartSMS, StartCall:
		number, ok := phone.E164(n.To, s.Desk.Country)
		if !ok {
			return to, desk.FieldError("to", "is not a phone number such as +8613800138000")
		}
		to.ID = number
	default:
		return to, desk.FieldError("channel", "must be one of email, sms, call")
	}
	i := slices.IndexFunc(s.Accounts, func(x config.Account) bool {
		return x.Channel == to.Channel && (n.Account == "" || x.Name == n.Account)
	})
	switch {
	case i >= 0:
		to.Account = s.Accounts[i].Name
	case n.By != StartCall:
		return to, desk.FieldError("account", "there is no such account to write from")
	}
	return to, nil
}

// start fills in the new ticket and all that begins with it.
func (a *acting) start(ctx context.Context, id desk.TicketID, n Start, to desk.Address) error {
	who, err := a.reach(ctx, n, to)
	if err != nil {
		return err
	}
	at := a.act.At
	subject := n.Subject
	if subject == "" {
		subject = firstLine(n.Text)
	}
	*a.t = desk.Ticket{
		ID: id, Subject: cut(subject, maxSubject), Status: desk.StatusNew, Priority: desk.Normal, Type: desk.Inquiry,
		Team: n.Team, Customer: who.Value.Customer, Name: who.Value.Called(), From: to, Phoned: n.By == StartCall, Ours: n.Outcome != "reached", Lang: who.Value.Lang, Opened: at,
	}
	if a.t.Team == "" {
		a.t.Team = defaultTeam(a.s, to, "")
	}
	if a.t.Tier, err = a.desk.tier(ctx, a.s, a.t.Customer); err != nil {
		return err
	}
	if _, known := a.s.Agent(a.act.By.ID); known {
		a.t.Assignee = a.act.By.ID
	}
	if oneTicketEach(to.Channel) && n.By != StartCall {
		who.Value.Ticket = id
	}
	a.tx.PutIdentity(who)
	a.tx.PutFact(factID(desk.FactOpened, *a.t), fact(a.s, desk.FactOpened, *a.t, at))
	then := n.Status
	if n.By == StartCall {
		a.call(n)
		if then == "" {
			then = desk.StatusOpen
		}
	} else {
		a.write(n)
		if then == "" {
			then = desk.StatusPending
		}
	}
	return a.become(then)
}

// write queues the first message. Nobody waited for it, so it counts as no first response.
func (a *acting) write(n Start) {
	a.said = append(a.said, said("thread.started"))
	a.t.Answers, a.t.FirstAnswered = 1, a.act.At
	m := a.message("start", n.Text)
	m.Purpose, m.Subject, m.Lang = "reply", a.t.Subject, a.t.Lang
	a.msg = m.ID
	a.send(m)
}

// call notes a telephone call.
func (a *acting) call(n Start) {
	a.said = append(a.said, said("thread.called", "outcome", string(n.Outcome)))
	a.note(n.Text)
	if n.Outcome == "reached" {
		a.t.Answers, a.t.FirstAnswered = 1, a.act.At
	}
}

// reach finds who the address belongs to, or makes a customer of them, and refuses what
// must not be sent.
func (a *acting) reach(ctx context.Context, n Start, to desk.Address) (store.Row[desk.Identity], error) {
	row, err := a.desk.Store.Identity(ctx, to)
	if err != nil {
		return row, err
	}
	id := &row.Value
	if err := a.allowed(ctx, n, *id); err != nil {
		return row, err
	}
	id.Address = to
	if id.Customer == "" {
		if err := a.owned(ctx, n, id); err != nil {
			return row, err
		}
	}
	if id.Lang == "" || n.Lang != "" {
		id.Lang = n.Lang
	}
	if id.Lang == "" {
		if id.Lang = looksLike(n.Text); id.Lang == "" {
			id.Lang = a.s.Desk.Language
		}
	}
	if id.Name == "" {
		id.Name = cut(n.Name, maxCalled)
	}
	if id.Customer == "" {
		c := stranger(to, id.Name, id.Lang, a.act.At)
		id.Customer = c.ID
		a.tx.PutCustomer(store.Row[desk.Customer]{Value: c})
	}
	return row, nil
}

// owned makes the address that of the customer who has proven it elsewhere, or was made
// with it; else of the one who told it, where the agent writes to them. Who is written to
// has proven nothing here yet.
func (a *acting) owned(ctx context.Context, n Start, id *desk.Identity) error {
	by, ok := identity.Of(id.Address)
	if !ok {
		return nil
	}
	owners, err := a.desk.Store.Owners(ctx, by)
	if err != nil {
		return err
	}
	whose, code := owners[0].Value.Customer, "customer.joined"
	if !owners[0].Exists() {
		if whose, code = n.For, "customer.told"; whose == "" {
			return nil
		}
	}
	line, err := a.desk.lineOf(ctx, whose)
	if desk.KindOf(err) == desk.NotFound {
		return nil // erased meanwhile: as if nobody had it
	}
	if err != nil {
		return err
	}
	living := line[len(line)-1].Value
	if told := living.Contact; code == "customer.told" && by.ID != strings.ToLower(told.Mail) && by.ID != told.Phone {
		return nil // another address was typed: whose it is, nobody has said
	}
	joinLine(&a.tx, line, id.Address)
	id.Customer, id.Name, id.Lang, id.Remark = line[0].Value.ID, living.Name, living.Lang, living.Remark
	a.tx.PutCustomerEvent(id.Customer, journal("", a.act.By, a.act.At, a.s.Version, said(code, "kind", string(by.Kind), "by", by.ID)))
	return nil
}

func (a *acting) allowed(ctx context.Context, n Start, id desk.Identity) error {
	switch {
	case n.By == StartCall:
		return nil
	case id.OptedOut():
		return desk.Errorf(desk.Conflict, "the customer has opted out of messages to this address")
	case id.Bounced != "":
		return desk.Errorf(desk.Conflict, "mail to this address comes back")
	case n.By != StartSMS || id.Ticket == "":
		return nil
	}
	rows, err := a.desk.Store.Tickets(ctx, id.Ticket)
	if err == nil && len(rows) > 0 && rows[0].Value.Status.Active() {
		err = desk.Errorf(desk.Conflict, "the customer has an open ticket on this channel: write in %s", id.Ticket.Number())
	}
	return err
}

// stranger is a new customer at an address.
func stranger(at desk.Address, name, lang string, now time.Time) desk.Customer {
	return desk.Customer{
		ID:   desk.CustomerID(desk.DeriveID("customer", string(at.Channel), at.Account, at.ID)),
		Name: name, Lang: lang, Tier: desk.Standard, Created: now, Addresses: []desk.Address{at},
	}
}
