package sim

import (
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// ledger is what those outside know: what they told the desk, what it took, and what
// its agents did. It is written from outside the desk's code.
type ledger struct {
	told     map[string]string // what was said, by the provider's id (a form's by its marker)
	order    []string
	accepted map[string]bool
	queue    map[string][]string // dedup keys by sender, in the order first enqueued
	once     map[string]bool
	options  map[string][]string // by phone number: the ids of its words, in order enqueued
	replies  map[string]desk.TicketID
	replied  map[string]bool // the agent heard that it was taken
	again    map[string]int  // by text: how often an agent pressed "send again"
}

func newLedger() ledger {
	return ledger{
		told: map[string]string{}, accepted: map[string]bool{}, queue: map[string][]string{}, once: map[string]bool{},
		options: map[string][]string{}, replies: map[string]desk.TicketID{}, replied: map[string]bool{}, again: map[string]int{},
	}
}

func (l *ledger) tell(id, what string) {
	if _, ok := l.told[id]; !ok {
		l.order = append(l.order, id)
	}
	l.told[id] = what
}

func (l *ledger) accept(id string) { l.accepted[id] = true }

// enqueued notes the order in which a sender's messages came to the queue.
func (l *ledger) enqueued(msgs []queue.Message) {
	for _, m := range msgs {
		e, err := receive.Decode(m.Body)
		if err != nil || e.Channel == receive.Timer {
			continue
		}
		sender := string(e.Channel) + " " + e.Account + " " + e.Order
		if key := sender + " " + e.Dedup; !l.once[key] {
			l.once[key] = true
			l.queue[sender] = append(l.queue[sender], e.Dedup)
		}
	}
}

// wrote looks at each write that was applied, to know since when somebody is opted out.
func (s *Sim) wrote(ops []table.Op) {
	s.counts["writes"]++
	if s.cfg.AtWork {
		s.gifts(ops)
	}
	for _, op := range ops {
		if op.Kind == table.OpPut && strings.HasPrefix(op.Item.PK, "I#sms#") && op.Item.SK == "I" {
			s.optedOut(op.Item.Doc)
		}
	}
}

func (s *Sim) optedOut(doc []byte) {
	id := decode[desk.Identity](doc)
	switch since := s.people.out[id.Address.ID]; {
	case !id.Out:
		delete(s.people.out, id.Address.ID)
	case since == 0:
		s.people.out[id.Address.ID] = s.people.tick + 1
	}
}

// leaving looks at a message on its way to a provider.
func (s *Sim) leaving(req *http.Request) {
	s.counts["sends"]++
	if !strings.HasSuffix(req.URL.Path, "/Messages.json") || req.GetBody == nil {
		return
	}
	to := formValue(req, "To")
	if since := s.people.out[to]; since > 0 && since <= s.people.began {
		s.breaks("promise 3: a text message left for somebody whose STOP had been applied before delivery began")
	}
}

// dump is the table as it stands, and the messages in the order they were written.
type dump struct {
	items    map[table.Key]table.Item
	messages []desk.Message // rows of timelines and of customers, as first written
	tickets  map[desk.TicketID]desk.Ticket
	changes  []table.Change
}

// identity reads an address as it stands.
func (d *dump) identity(a desk.Address) desk.Identity {
	pk := "I#" + string(a.Channel) + "#" + a.Account + "#" + a.ID
	return decode[desk.Identity](d.items[table.Key{PK: pk, SK: "I"}].Doc)
}

func (d *dump) message(m desk.Message) desk.Message {
	now := decode[desk.Message](d.items[store.MessageKey(m.Ticket, m.ID)].Doc)
	if now.Erased() {
		now.Text = m.Text // the customer has it still
	}
	return now
}
