package scale

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// fill writes the tickets, and last those that the calls are about.
func (b *Bench) fill(ctx context.Context) error {
	for i := range b.Tickets {
		b.now = begin.Add(span * time.Duration(i) / time.Duration(b.Tickets)).Truncate(time.Millisecond)
		if err := b.one(ctx, i); err != nil {
			return fmt.Errorf("scale: ticket %d: %w", i, err)
		}
		if i%500 == 499 {
			if err := b.tally(ctx); err != nil {
				return err
			}
		}
	}
	b.now = begin.Add(span)
	if err := b.foreground(ctx); err != nil {
		return err
	}
	if err := b.tally(ctx); err != nil {
		return err
	}
	return b.figures(ctx)
}

// write is a mail of somebody's.
func (b *Bench) write(ctx context.Context, who, name, subject, html string) (desk.TicketID, desk.MessageID, error) {
	b.n++
	got, err := b.desk.Receive(ctx, channel.Envelope{Channel: desk.Email, Account: "support", At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: fmt.Sprint("in-", b.n), Name: name, Lang: "en", Subject: subject, HTML: html,
		From: desk.Address{Channel: desk.Email, Account: "support", ID: who}, Text: "Where is my parcel? I have been waiting for it since last week.",
		Mail: &desk.Mail{MessageID: fmt.Sprintf("in-%d@x.example", b.n), To: []string{"help@desk.example"}, Trusted: true},
	})
	return got.Ticket, got.Message, err
}

func (b *Bench) act(agent string) ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: agent, Name: agent}, At: b.now}
}

// one is one ticket's life, and what lies beside it.
func (b *Bench) one(ctx context.Context, i int) error {
	person := i % max(1, b.Tickets/3)
	id, _, err := b.write(ctx, fmt.Sprintf("p%d@x.example", person), fmt.Sprint("Person ", person), "My order", "")
	if err != nil {
		return err
	}
	agent := []string{"li", "amy"}[i/40%2]
	if i%2 == 0 {
		team := "sales"
		if err := b.desk.Change(ctx, b.act("li"), id, ticketing.Change{Team: &team}); err != nil {
			return err
		}
	}
	b.now = b.now.Add(time.Millisecond)
	switch fate := i / 2 % 20; {
	case fate < 5: // nobody has it yet, and it is late
		err = b.late(ctx, id)
	case fate < 10:
		if _, err = b.desk.Reply(ctx, b.act(agent), id, ticketing.Reply{Text: "Tomorrow."}); err == nil {
			b.now = b.now.Add(time.Millisecond)
			err = b.desk.SetStatus(ctx, b.act(agent), id, desk.StatusSnoozed, begin.Add(2*span))
		}
	case fate < 13:
		_, err = b.desk.Reply(ctx, b.act(agent), id, ticketing.Reply{Text: "Which number has it?"})
	case fate < 17:
		if _, err = b.desk.Reply(ctx, b.act(agent), id, ticketing.Reply{Text: "It is there.", Then: desk.StatusResolved}); err == nil {
			_, err = b.answered(ctx, id, []int{1, 2, 2, 4, 5}[i/40%5])
		}
	default:
		_, err = b.desk.Reply(ctx, b.act(agent), id, ticketing.Reply{Text: "It is there.", Then: desk.StatusClosed})
	}
	if err != nil {
		return err
	}
	return b.beside(ctx, id, i)
}

// late puts one into its team's list of what is overdue.
func (b *Bench) late(ctx context.Context, id desk.TicketID) error {
	row, err := b.store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	var tx store.Tx
	tx.ListLate(row.Value, b.now.Add(time.Hour))
	return b.store.Commit(ctx, &tx)
}

// answered asks how it went, and answers.
func (b *Bench) answered(ctx context.Context, id desk.TicketID, score int) (desk.SurveyID, error) {
	row, err := b.store.Ticket(ctx, id)
	if err != nil || row.Value.Survey == "" {
		return "", err
	}
	v, err := b.store.Survey(ctx, row.Value.Survey)
	if err != nil {
		return "", err
	}
	at := v.Value.Due.Add(time.Minute)
	if err := b.desk.FireSurvey(ctx, v.Value.ID, v.Value.Gen, at, nil); err != nil {
		return "", err
	}
	if v, err = b.store.Survey(ctx, v.Value.ID); err != nil || v.Value.State != desk.SurveyAsked {
		return "", err
	}
	_, err = b.desk.Answer(ctx, v.Value.ID, desk.Score{Value: score, Comment: "It took long.", At: at.Add(time.Hour), By: "page"})
	return v.Value.ID, err
}

// beside is what the desk keeps besides tickets, in proportion to them. What is kept by
// the day lies all in one day, so that the few fill a page of it, too.
func (b *Bench) beside(ctx context.Context, id desk.TicketID, i int) error {
	err := b.seenBy(ctx, id, begin.Add(40*24*time.Hour).Add(time.Duration(i)*span/time.Duration(100*b.Tickets)), i)
	if err != nil || i%4 != 0 {
		return err
	}
	var tx store.Tx
	tx.PutNotice(store.Row[desk.Notice]{Value: desk.Notice{
		ID: tell.ID(b.now, fmt.Sprint("n", i)), Agent: "li", Kind: "assigned", At: begin.Add(span - time.Hour).Add(time.Duration(i) * time.Millisecond), Ticket: id, What: desk.Decision{Code: "notice.assigned"},
	}})
	tx.PutQuarantine(b.quarantined(i))
	tx.PutHookDelivery(b.delivery(i))
	tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: b.letter(i)})
	return b.store.Commit(ctx, &tx)
}

// seenBy is a line of the audit.
func (b *Bench) seenBy(ctx context.Context, id desk.TicketID, at time.Time, i int) error {
	return b.store.PutAudit(ctx, store.Audited{
		ID: fmt.Sprintf("a%08d", i), At: at.Truncate(time.Millisecond), What: "GET /v1/tickets/{number}", Role: "admin", Status: 200, Ticket: id, By: b.act("li").By,
	})
}

func (b *Bench) quarantined(i int) store.Quarantined {
	return store.Quarantined{
		ID: fmt.Sprintf("held%08d", i), At: begin.Add(span).Add(-time.Duration(i) * time.Millisecond).Truncate(time.Millisecond), Channel: desk.Email, Account: "support",
		Reason: "it can't be read", Envelope: []byte(`{"channel":"email"}`),
	}
}

func (b *Bench) delivery(i int) store.Row[desk.HookDelivery] {
	at := begin.Add(span - time.Hour)
	return store.Row[desk.HookDelivery]{Value: desk.HookDelivery{
		Hook: "erp", State: desk.HookFailed, Attempts: 10, Status: 500, Why: "hook.refused", Tried: at,
		Event: desk.Event{ID: tell.ID(at, fmt.Sprint("e", i)), Name: desk.EventTicketCreated, At: at, Ticket: b.ticket, Body: "{}"},
	}}
}

func (b *Bench) letter(i int) store.DeadLetter {
	at := begin.Add(span - time.Hour).Add(time.Duration(i) * time.Millisecond)
	m := fmt.Sprint("m-", i)
	return store.DeadLetter{
		ID: store.DeadLetterID(queue.Outbound, "", at, fmt.Sprint(i), m), Queue: queue.Outbound, Message: m, Sent: at, Found: at, Tries: 5,
		About: store.DeadAbout{Kind: "nudge"}, Body: `{"ticket":"7K3Q9W"}`, Size: 19,
	}
}

// foreground is what the calls are about.
func (b *Bench) foreground(ctx context.Context) (err error) {
	if b.ticket, b.message, err = b.write(ctx, "one@x.example", "One Person", "My only order", "<p>Where is it?</p>"); err != nil {
		return err
	}
	for range 8 {
		b.now = b.now.Add(time.Minute)
		if _, err := b.desk.Note(ctx, b.act("amy"), b.ticket, "They called, and will call again."); err != nil {
			return err
		}
	}
	b.now = b.now.Add(time.Minute)
	if _, err = b.desk.Reply(ctx, b.act("amy"), b.ticket, ticketing.Reply{Text: "It is there.", Then: desk.StatusResolved}); err != nil {
		return err
	}
	if b.survey, err = b.answered(ctx, b.ticket, 1); err != nil || b.survey == "" {
		return fmt.Errorf("scale: nobody answered: %w", err)
	}
	row, err := b.store.Ticket(ctx, b.ticket)
	if err != nil {
		return err
	}
	b.customer = row.Value.Customer
	var tx store.Tx
	b.dead, b.held = b.letter(9_999_999), b.quarantined(1)
	hook := b.delivery(9_999_999)
	b.event = hook.Value.Event.ID
	tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: b.dead})
	tx.PutQuarantine(b.held)
	tx.PutHookDelivery(hook)
	b.now = b.now.Add(24 * time.Hour)
	for i := range 600 { // today's audit is as long in both
		if err := b.seenBy(ctx, b.ticket, b.now.Add(-time.Hour+time.Duration(i)*time.Second), 1<<30+i); err != nil {
			return err
		}
	}
	return b.store.Commit(ctx, &tx)
}

// tally adds the facts of the feed up, as figures does.
func (b *Bench) tally(ctx context.Context) error {
	for {
		changes, err := b.db.Changes(ctx, b.seen, 1000)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, c := range changes {
			f, ok := store.FactOf(c)
			if !ok {
				continue
			}
			for _, s := range kpi.Count(f) {
				k := [2]string{s.Cut, s.Day}
				if b.sums[k] == nil {
					b.sums[k] = map[string]int64{}
				}
				kpi.Merge(b.sums[k], s.Counters)
			}
		}
		b.seen = changes[len(changes)-1].Seq
		if err := b.db.TrimFeed(b.seen); err != nil {
			return err
		}
	}
}

// figures writes the days' sums.
func (b *Bench) figures(ctx context.Context) error {
	keys := slices.SortedFunc(maps.Keys(b.sums), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) })
	for chunk := range slices.Chunk(keys, 90) {
		var tx store.Tx
		for _, k := range chunk {
			tx.Add(store.FigureKey(k[0], k[1]), b.sums[k])
		}
		if err := b.store.Commit(ctx, &tx); err != nil {
			return err
		}
	}
	return nil
}
