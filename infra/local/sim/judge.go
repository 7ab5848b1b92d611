package sim

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
)

// judge holds what stands in the table and in the outbox against the promises.
func (s *Sim) judge() error {
	d, err := s.read()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.dead())) {
		s.breaks("promise 1: %d messages lie in queue %s in the end", s.dead()[name], name)
	}
	failures, err := s.desk.Files.List(context.Background(), "aws/lambda/", "", 10)
	if err != nil {
		return err
	}
	if len(failures) > 0 {
		s.breaks("promise 1: batches of the feed were given up")
	}
	for _, check := range []func(*dump){
		s.appliedOnce, s.inOrder, s.oneTicket, s.options, s.replies, s.outbox, s.settled, s.moves, s.strangers,
		s.acks, s.surveys, s.figures, s.timers, s.deadlines, s.erased, s.loads, s.lookedUp,
	} {
		check(d)
	}
	s.counts["tickets"], s.counts["rows"] = len(d.tickets), len(d.messages)
	return nil
}

// appliedAs counts how often each provider's message was applied, and the quarantine.
func (d *dump) appliedAs() map[string]int {
	applied := map[string]int{}
	for _, m := range d.messages {
		switch {
		case m.Moved != "": // the desk's own copy
		case m.Kind == desk.FromCustomer:
			applied[m.ProviderID]++
		case m.Kind == desk.Journal && m.ProviderID != "" && m.Ticket == "":
			applied[m.ProviderID]++ // an event, on its customer
		}
	}
	for key, it := range d.items {
		if strings.HasPrefix(key.PK, "X#") {
			q := decode[store.Quarantined](it.Doc)
			if e, err := receive.Decode(string(q.Envelope)); err == nil {
				applied[e.Dedup]++
			}
		}
	}
	return applied
}

// marked counts the customers' messages in which a form's marker stands.
func (d *dump) marked(mark string) (n int) {
	for _, m := range d.messages {
		if m.Kind == desk.FromCustomer && m.Moved == "" && m.From.Channel == desk.WebForm && strings.HasSuffix(m.Text, " "+mark) {
			n++
		}
	}
	return n
}

// appliedOnce is promise 1.
func (s *Sim) appliedOnce(d *dump) {
	applied := d.appliedAs()
	for _, id := range s.ledger.order {
		n := applied[id]
		if s.ledger.told[id] == "form" {
			n = d.marked(id)
		}
		switch {
		case n > 1:
			s.breaks("promise 1: %s %s was applied %d times", s.ledger.told[id], id, n)
		case n == 0 && s.ledger.accepted[id]:
			s.breaks("promise 1: %s %s was taken and is lost", s.ledger.told[id], id)
		}
	}
	for sender, ids := range s.ledger.queue {
		for _, id := range ids {
			if applied[id] > 1 {
				s.breaks("promise 1: message %s of %s was applied %d times", id, sender, applied[id])
			}
		}
	}
}

// inOrder is promise 2: a sender's messages are applied as they were enqueued.
func (s *Sim) inOrder(d *dump) {
	place := map[string]int{}
	for i, m := range d.messages {
		if _, known := place[m.ProviderID]; !known && m.ProviderID != "" && (m.Kind == desk.FromCustomer || m.Kind == desk.Journal) {
			place[m.ProviderID] = i
		}
	}
	for _, sender := range slices.Sorted(maps.Keys(s.ledger.queue)) {
		last, before := -1, ""
		for _, id := range s.ledger.queue[sender] {
			at, ok := place[id]
			if !ok {
				continue
			}
			if at < last {
				s.breaks("promise 2: %s of %s was applied before %s, which was enqueued earlier", id, sender, before)
			}
			last, before = at, id
		}
	}
}

// oneTicket is promise 2: never two open tickets of one sender on WeChat or SMS.
func (s *Sim) oneTicket(d *dump) {
	open, status, handled := map[desk.Address]int{}, map[desk.TicketID]bool{}, d.handled()
	for _, c := range d.changes {
		if !strings.HasPrefix(c.Key.PK, "T#") || c.Key.SK != "T" {
			continue
		}
		t := decode[desk.Ticket](c.New.Doc)
		if t.From.Channel != desk.WeChat && t.From.Channel != desk.SMS || handled[t.ID] {
			continue
		}
		if now := t.Status.Active(); now != status[t.ID] {
			status[t.ID] = now
			open[t.From] += map[bool]int{true: 1, false: -1}[now]
		}
		if open[t.From] > 1 {
			s.breaks("promise 2: %s %s has two open tickets, the second is %s", t.From.Channel, t.From.ID, t.ID)
			return
		}
	}
}

// options is promise 2: what somebody opted last is what stands.
func (s *Sim) options(d *dump) {
	applied := d.appliedAs()
	for sender, ids := range s.ledger.queue {
		parts := strings.SplitN(sender, " ", 3)
		who := desk.Address{Channel: desk.Channel(parts[0]), Account: parts[1], ID: parts[2]}
		switch who.Channel {
		case desk.SMS:
			s.optedLast(d, who, ids)
		case desk.WeChat:
			s.followsLast(d, who, ids, applied)
		}
	}
}

func (s *Sim) optedLast(d *dump, who desk.Address, ids []string) {
	want := false
	for _, id := range ids {
		switch strings.TrimPrefix(s.ledger.told[id], "sms ") {
		case "STOP", "td":
			want = true
		case "START", "YES":
			want = false
		}
	}
	if got := d.identity(who).Out; got != want {
		s.breaks("promise 2: %s is opted out: %v, but their last word says %v", who.ID, got, want)
	}
}

// followsLast compares with the latest event by Tencent's time; a message proves that
// its writer follows. Where two share the last second either may stand.
func (s *Sim) followsLast(d *dump, who desk.Address, ids []string, applied map[string]int) {
	var last time.Time
	want, sure := false, true
	for _, m := range d.messages {
		if m.From != who || m.ProviderID == "" || m.Ticket != "" && m.Kind == desk.Journal || applied[m.ProviderID] == 0 || !slices.Contains(ids, m.ProviderID) {
			continue
		}
		gone := m.Kind == desk.Journal && m.Type == "unsubscribe"
		switch {
		case m.Sent.After(last):
			last, want, sure = m.Sent, gone, true
		case m.Sent.Equal(last) && gone != want:
			sure = false
		}
	}
	if got := !d.identity(who).Gone.IsZero(); sure && got != want {
		s.breaks("promise 2: %s has left: %v, but by Tencent's time the last word says %v", who.ID, got, want)
	}
}

// replies is promise 1 for agents: an act with a key is done once, however often it is
// repeated.
func (s *Sim) replies(d *dump) {
	rows := map[string]int{}
	for _, m := range d.messages {
		if m.Purpose == "reply" {
			rows[m.Text]++
		}
	}
	for mark := range s.ledger.replies {
		text := "您好，已经处理 " + mark
		n := rows[text] - s.ledger.again[text]
		if n > 1 || rows[text] == 0 && s.ledger.replied[mark] {
			s.breaks("promise 1: reply %s was written %d times", mark, rows[text])
		}
	}
}

// sentTo names a text in a customer's hands.
type sentTo struct {
	channel  desk.Channel
	customer string
	text     string
}

// outbox is promise 3: nothing reaches a customer more often than it was written, and
// what is shown as sent did reach them.
func (s *Sim) outbox(d *dump) {
	arrived, possible, proven := map[sentTo]int{}, map[sentTo]int{}, map[sentTo]int{}
	for _, m := range s.desk.Standin.List(standin.Filter{Outgoing: true}) {
		arrived[sentTo{m.Channel, m.Customer, strings.TrimSpace(m.Text)}]++
	}
	for _, row := range d.messages {
		if row.Kind != desk.ToCustomer || row.From.ID == "" {
			continue
		}
		m := d.message(row)
		to := sentTo{m.From.Channel, m.From.ID, strings.TrimSpace(m.Text)}
		possible[to]++
		if m.State == desk.Sent || m.State == desk.Delivered {
			proven[to]++
		}
	}
	for to, n := range arrived {
		if n > possible[to] {
			s.breaks("promise 3: %s %s has %q %d times, it was written %d times", to.channel, to.customer, to.text, n, possible[to])
		}
	}
	for to, n := range proven {
		if arrived[to] < n {
			s.breaks("promise 3: %s %s is said to have %q, and has not", to.channel, to.customer, to.text)
		}
	}
}

// settled is promise 3: in the end nothing is left in between, and what was not
// delivered is told on the message and in the ticket's journal.
func (s *Sim) settled(d *dump) {
	told := map[string]bool{}
	for _, m := range d.messages {
		for _, dec := range m.Decisions {
			told[string(m.Ticket)+dec.Args["message"]+dec.Code] = true
		}
	}
	for _, row := range d.messages {
		if row.Kind != desk.ToCustomer {
			continue
		}
		m := d.message(row)
		s.counts["out "+string(m.State)]++
		switch {
		case m.State == desk.Queued || m.State == desk.Sending:
			s.breaks("promise 3: message %s of %s is still %s", m.ID, m.Ticket, m.State)
		case (m.State == desk.Uncertain || m.State == desk.Failed) && m.Why == "":
			s.breaks("promise 3: message %s of %s is %s, and nobody is told why", m.ID, m.Ticket, m.State)
		case m.State == desk.Uncertain && !told[string(m.Ticket)+string(m.ID)+"send.uncertain"]:
			s.breaks("promise 3: message %s of %s is uncertain, and the journal doesn't tell", m.ID, m.Ticket)
		}
	}
	for id, t := range d.tickets {
		if len(t.Unsent) > 0 {
			s.breaks("promise 3: ticket %s still has %d messages to send", id, len(t.Unsent))
		}
	}
}

// strangers is promise 4.
func (s *Sim) strangers(d *dump) {
	for _, m := range d.messages {
		t := d.tickets[m.Ticket]
		if m.Kind == desk.FromCustomer && m.From.ID != t.From.ID && m.From.ID != t.Contact.Mail {
			s.breaks("promise 4: a message of %s is in ticket %s of %s", m.From.ID, m.Ticket, t.From.ID)
		}
	}
}
