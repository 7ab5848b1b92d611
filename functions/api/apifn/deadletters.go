package apifn

import (
	"context"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
)

type deadQueueView struct {
	Queue    string `json:"queue"`
	Function string `json:"function"` // in whose log stands why; "" for the feed, which has two readers
	Open     int    `json:"open"`
	More     bool   `json:"more"`
}

type deadLetterView struct {
	ID         string     `json:"id"`
	Queue      string     `json:"queue"`
	State      string     `json:"state"` // open, redriven, dropped
	Kind       string     `json:"kind"`
	Channel    *string    `json:"channel"`
	Account    *string    `json:"account"`
	Ticket     *string    `json:"ticket"`
	Function   *string    `json:"function"`
	MessageID  string     `json:"message_id"` // the queue's, which stands in that function's log
	SentAt     time.Time  `json:"sent_at"`
	FoundAt    time.Time  `json:"found_at"`
	Tries      *int       `json:"tries"`
	Size       int        `json:"size"`
	Again      int        `json:"again"`
	Replayable bool       `json:"replayable"`
	ChangedAt  *time.Time `json:"changed_at"`
	ChangedBy  *string    `json:"changed_by"`
}

func viewDead(d store.DeadLetter, at time.Time) deadLetterView {
	v := deadLetterView{
		ID: d.ID, Queue: string(d.Queue), State: "open", Kind: d.About.Kind, Channel: orNull(string(d.About.Channel)),
		Account: orNull(d.About.Account), Ticket: orNull(d.About.Ticket.Number()), Function: orNull(deadletters.Reader(d)), MessageID: d.Message,
		SentAt: d.Sent, FoundAt: d.Found, Size: d.Size, Again: d.Again, Replayable: deadletters.Refused(d, at) == nil, ChangedBy: orNull(d.By.ID),
	}
	if d.Tries > 0 {
		v.Tries = &d.Tries
	}
	switch {
	case !d.Redriven.IsZero():
		v.State, v.ChangedAt = "redriven", moment(d.Redriven)
	case !d.Dropped.IsZero():
		v.State, v.ChangedAt = "dropped", moment(d.Dropped)
	}
	return v
}

// deadLetterDetail is one with what is in it.
type deadLetterDetail struct {
	deadLetterView
	Body    *string `json:"body"`    // as the queue carried it; null where it was dropped, or is a batch
	Content *string `json:"content"` // of a webhook call: what came, where it is text
	Blob    *string `json:"blob"`    // of an open batch: where it lies in the bucket
}

func detailDead(d store.DeadLetter, at time.Time) deadLetterDetail {
	v := deadLetterDetail{deadLetterView: viewDead(d, at), Body: orNull(d.Body), Blob: orNull(d.Blob)}
	if !d.Open() {
		v.Blob = nil // it is deleted when its batch is told or dropped
	}
	if env, err := receive.Decode(d.Body); d.Queue.FIFO() && err == nil && utf8.Valid(env.Body) {
		v.Content = orNull(string(env.Body))
	}
	return v
}

func (a *api) dead() deadletters.Desk { return deadletters.Desk{Store: a.Store} }

// deadQueue is the queue that the path names.
func (c *call) deadQueue() (queue.Name, error) {
	q := queue.Name(c.r.PathValue("queue"))
	if !slices.Contains(deadletters.Queues, q) {
		return q, desk.Errorf(desk.NotFound, "no such queue")
	}
	return q, nil
}

func (a *api) listDeadQueues(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	counts, err := a.dead().Counts(c.ctx)
	if err != nil {
		return err
	}
	return answerAll(c, viewAll(counts, func(n deadletters.Count) deadQueueView {
		return deadQueueView{string(n.Queue), deadletters.Reader(store.DeadLetter{Queue: n.Queue}), n.Open, n.More}
	}))
}

func (a *api) listDead(c *call) error {
	q, err := c.list("state")
	if err != nil {
		return err
	}
	state, err := q.oneOf("state", "open", "done")
	if err != nil {
		return err
	}
	name, err := c.deadQueue()
	if err != nil {
		return err
	}
	list, next, err := a.Store.DeadLetters(c.ctx, name, state != "done", q.cursor, q.limit)
	return answerPage(c, q, list, next, err, func(d store.DeadLetter) deadLetterView { return viewDead(d, c.at) })
}

func (a *api) getDead(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	d, err := a.dead().Get(c.ctx, queue.Name(c.r.PathValue("queue")), c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, detailDead(d, c.at))
}

func (a *api) redriveDead(c *call) error { return a.onDead(c, a.dead().Redrive) }

func (a *api) dropDead(c *call) error { return a.onDead(c, a.dead().Drop) }

func (a *api) onDead(c *call, do func(context.Context, deadletters.Act, queue.Name, string) (store.DeadLetter, error)) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := a.deadAct(c)
	if err != nil {
		return err
	}
	d, err := do(c.ctx, act, queue.Name(c.r.PathValue("queue")), c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewDead(d, c.at))
}

func (a *api) deadAct(c *call) (deadletters.Act, error) {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return deadletters.Act{}, err
	}
	return deadletters.Act{By: c.by, At: c.at, Settings: s.Version}, nil
}

// redriveBatch is how many letters one call redrives.
const redriveBatch = 50

func (a *api) redriveQueue(c *call) error {
	p, err := c.params("cursor")
	if err != nil {
		return err
	}
	cursor, _, err := p.page()
	if err != nil {
		return err
	}
	q, err := c.deadQueue()
	if err != nil {
		return err
	}
	act, err := a.deadAct(c)
	if err != nil {
		return err
	}
	n, next, err := a.dead().RedriveAll(c.ctx, act, q, cursor, redriveBatch)
	if err != nil {
		return refusedCursor(err)
	}
	return c.json(http.StatusOK, struct {
		Redriven   int     `json:"redriven"`
		NextCursor *string `json:"next_cursor"`
	}{n, p.next(next)})
}
