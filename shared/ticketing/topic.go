package ticketing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Bounds of what is written about a topic, in characters.
const (
	maxTitle = 120
	maxDone  = 1000
)

// TakeUp ties a record of feedback to what it asks for: to a topic that is there, or to a
// new one with a title. Doing it twice is doing it once; a record tied to another topic is
// a Conflict. Where the topic is done already, the customer is told now. It gives the
// topic's id.
func (d *Desk) TakeUp(ctx context.Context, act Act, id desk.FeedbackID, topic desk.TopicID, title string) (desk.TopicID, error) {
	title = strings.TrimSpace(title)
	switch {
	case (topic == "") == (title == ""):
		return "", desk.FieldError("title", "give either a title or the topic that is there")
	case utf8.RuneCountInString(title) > maxTitle || strings.ContainsAny(title, "\r\n"):
		return "", desk.FieldError("title", "may have one line of at most %d characters", maxTitle)
	}
	fresh := topic == ""
	if fresh {
		topic = desk.TopicID(desk.DeriveID("topic", string(id), title))
	}
	err := d.onFeedback(ctx, act, id, func(x *feedbackAct) error {
		switch f := x.f; {
		case f.Topic == topic:
			return nil
		case f.Topic != "":
			return desk.Errorf(desk.Conflict, "it is tied to another request already: take it out of that first")
		case f.Type == desk.Praise:
			return desk.Errorf(desk.Conflict, "praise asks for nothing")
		}
		row, err := d.Store.Topic(ctx, topic)
		if err != nil && (!fresh || desk.KindOf(err) != desk.NotFound) {
			return topicFault(err)
		}
		t := &row.Value
		if !row.Exists() {
			*t = desk.Topic{ID: topic, Title: title, Team: x.f.Team, State: desk.TopicOpen, Created: act.At}
		}
		t.Records++
		t.By, t.Updated, t.V = act.By, act.At, x.s.Version
		x.f.Topic = topic
		x.said = append(x.said, said("feedback.taken_up", "title", t.Title))
		if t.State == desk.TopicDone {
			planned, err := d.planTelling(ctx, &x.tx, *t, *x.f, act.At)
			if err != nil {
				return err
			}
			t.Told += planned
		}
		x.tx.PutTopic(row)
		return nil
	})
	return topic, err
}

func topicFault(err error) error {
	if desk.KindOf(err) == desk.NotFound {
		return desk.FieldError("topic_id", "there is no such request")
	}
	return err
}

// LetGo takes a record out of its topic, as long as its customer wasn't told.
func (d *Desk) LetGo(ctx context.Context, act Act, id desk.FeedbackID) error {
	return d.onFeedback(ctx, act, id, func(x *feedbackAct) error {
		if x.f.Topic == "" {
			return nil
		}
		row, err := d.Store.Topic(ctx, x.f.Topic)
		if err != nil {
			return err
		}
		if row.Value.State == desk.TopicDone {
			return desk.Errorf(desk.Conflict, "it is done, and those who asked for it are told")
		}
		row.Value.Records--
		row.Value.By, row.Value.Updated, row.Value.V = act.By, act.At, x.s.Version
		x.tx.PutTopic(row)
		x.said = append(x.said, said("feedback.let_go", "title", row.Value.Title))
		x.f.Topic = ""
		return nil
	})
}

// feedbackAct is one try of changing a record.
type feedbackAct struct {
	s    *config.Settings
	row  store.Row[desk.Feedback]
	f    *desk.Feedback // &row.Value
	tx   store.Tx
	said []desk.Decision
}

func (d *Desk) onFeedback(ctx context.Context, act Act, id desk.FeedbackID, do func(*feedbackAct) error) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Feedback(ctx, id)
		if err != nil {
			return err
		}
		if !row.Exists() || row.Value.Gone {
			return desk.Errorf(desk.NotFound, "no such feedback")
		}
		x := &feedbackAct{s: s, row: row}
		x.f = &x.row.Value
		if err := do(x); err != nil || len(x.said) == 0 {
			return err
		}
		x.f.Changed, x.f.V = act.At, s.Version
		x.tx.PutFeedback(x.row)
		j := journal(x.f.Ticket, act.By, act.At, s.Version, x.said...)
		j.ID = desk.NewMessageID(act.At, "feedback", string(id), act.By.ID, fmt.Sprint(row.Version)) // two records of a ticket at once
		if x.f.Ticket != "" {
			x.tx.PutMessage(store.Row[desk.Message]{Value: j})
		} else {
			x.tx.PutCustomerEvent(x.f.Customer, j)
		}
		return d.Store.Commit(ctx, &x.tx)
	})
}

// FinishTopic says that what a topic's records ask for is done, in words by language for
// those who asked: each is told once, by and by. The same words once more change nothing;
// others are a Conflict, for what was told can't be taken back.
func (d *Desk) FinishTopic(ctx context.Context, act Act, id desk.TopicID, text map[string]string) (desk.Topic, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return desk.Topic{}, err
	}
	if err := checkDone(text, s.Desk.Language); err != nil {
		return desk.Topic{}, err
	}
	var out desk.Topic
	err = d.attempt(ctx, func(int) error {
		row, err := d.Store.Topic(ctx, id)
		if err != nil {
			return err
		}
		t := &row.Value
		if out = *t; t.State == desk.TopicDone {
			if sameTexts(t.Text, text) {
				return nil
			}
			return desk.Errorf(desk.Conflict, "it is done already, and those who asked for it are told")
		}
		t.State, t.Done, t.Text = desk.TopicDone, act.At, trimmed(text)
		t.Due, t.Gen, t.Cursor = act.At.Add(topicBegins), t.Gen+1, ""
		t.By, t.Updated, t.V = act.By, act.At, s.Version
		out = *t
		var tx store.Tx
		tx.PutTopic(row)
		return d.Store.Commit(ctx, &tx)
	})
	return out, err
}

func checkDone(text map[string]string, language string) error {
	for lang, words := range text {
		switch {
		case !slices.Contains(config.Languages, lang):
			return desk.FieldError("text", "may be in %s", strings.Join(config.Languages, " and "))
		case utf8.RuneCountInString(words) > maxDone:
			return desk.FieldError("text", "may have at most %d characters in each language", maxDone)
		}
	}
	if strings.TrimSpace(text[language]) == "" {
		return desk.FieldError("text", "is missing in %s, the desk's language", language)
	}
	return nil
}

func trimmed(text map[string]string) map[string]string {
	out := map[string]string{}
	for lang, words := range text {
		if words = strings.TrimSpace(words); words != "" {
			out[lang] = words
		}
	}
	return out
}

func sameTexts(a, b map[string]string) bool {
	b = trimmed(b)
	return len(a) == len(b) && !slices.ContainsFunc(config.Languages, func(l string) bool { return a[l] != b[l] })
}

// A round's budget each time its timer fires, when the first begins, and how soon it goes
// on. The records are read from an index, which may not show yet what was tied to the topic
// just before it was done; what is tied after is told at once.
const (
	topicPage   = 20
	topicBegins = time.Minute
	topicGoesOn = time.Second
)

// FireTopic walks on through those who asked for what is done, a page at a time, and puts
// a message for each in line. A past generation does nothing, and nobody is put there
// twice.
func (d *Desk) FireTopic(ctx context.Context, id desk.TopicID, gen int, at time.Time) error {
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Topic(ctx, id)
		if err != nil {
			return ignoreNotFound(err)
		}
		t := &row.Value
		if t.Gen != gen || t.Due.IsZero() || t.Due.After(at) || t.State != desk.TopicDone {
			return nil
		}
		records, next, err := d.Store.FeedbackOn(ctx, id, t.Cursor, topicPage)
		if err != nil {
			return err
		}
		var tx store.Tx
		w := &tellings{desk: d, tx: &tx, rows: map[string]*store.Row[desk.Outreach]{}}
		for _, r := range records {
			if err := w.add(ctx, *t, r.Value, at); err != nil {
				return err
			}
		}
		t.Told += w.write()
		t.Cursor, t.Due, t.Gen = next, time.Time{}, t.Gen+1
		if next != "" {
			t.Due = at.Add(topicGoesOn)
		}
		tx.PutTopic(row)
		return d.Store.Commit(ctx, &tx)
	})
}

// planTelling puts a message for one record in line, unless its customer has theirs; it
// gives how many customers that adds.
func (d *Desk) planTelling(ctx context.Context, tx *store.Tx, t desk.Topic, f desk.Feedback, at time.Time) (int, error) {
	w := &tellings{desk: d, tx: tx, rows: map[string]*store.Row[desk.Outreach]{}}
	err := w.add(ctx, t, f, at)
	return w.write(), err
}

// tellings are the messages of one transaction, one for each customer.
type tellings struct {
	desk *Desk
	tx   *store.Tx
	rows map[string]*store.Row[desk.Outreach]
	ids  []string
}

// toldMost bounds how many records one message answers.
const toldMost = 20

func (w *tellings) add(ctx context.Context, t desk.Topic, f desk.Feedback, at time.Time) error {
	c, err := w.desk.Store.Customer(ctx, f.Customer)
	if err = ignoreNotFound(err); err != nil {
		return err
	}
	who := f.Customer
	if c.Exists() {
		who = c.Value.ID
	}
	id := desk.DeriveID("outreach", string(desk.OutreachDone), string(t.ID), string(who))
	row := w.rows[id]
	if row == nil {
		r, err := w.desk.Store.Outreach(ctx, id)
		if err != nil {
			return err
		}
		row = &r
		w.rows[id], w.ids = row, append(w.ids, id)
	}
	o := &row.Value
	if o.ID == "" {
		lang := f.Lang
		if c.Value.Lang != "" {
			lang = c.Value.Lang
		}
		*o = desk.Outreach{
			ID: id, Kind: desk.OutreachDone, Of: string(t.ID), Customer: who, Ticket: f.Ticket, To: f.From, Lang: lang,
			State: desk.OutreachPlanned, Planned: at, Due: at, Gen: 1,
		}
	}
	if !slices.Contains(o.Feedback, f.ID) && len(o.Feedback) < toldMost && o.State == desk.OutreachPlanned {
		o.Feedback = append(slices.Clone(o.Feedback), f.ID)
	}
	return nil
}

// write puts them into the transaction, and counts those that weren't there.
func (w *tellings) write() (added int) {
	for _, id := range w.ids {
		row := w.rows[id]
		if !row.Exists() {
			added++
		}
		if row.Value.State == desk.OutreachPlanned {
			w.tx.PutOutreach(*row)
		}
	}
	return added
}
