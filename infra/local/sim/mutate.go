package sim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// Mutation is a bug planted at a seam, to prove that the judge can fail.
type Mutation string

// The bugs that can be planted.
const (
	DropSeen       Mutation = "drop the seen row"            // a repeat is not recognised
	NoVersionCheck Mutation = "no version check"             // the last writer wins
	RetryUnknown   Mutation = "retry after unknown outcome"  // as a client with retries of its own
	LoseInbound    Mutation = "lose what was acknowledged"   // 2xx, and not enqueued
	KeepSubscribed Mutation = "forget an opt-out"            // STOP has no effect
	NoPosition     Mutation = "no position of figures"       // repeated batches count twice
	NoSafetyNet    Mutation = "lose nudges and their timers" // what relay could not tell is never told
	NoOrder        Mutation = "no order per sender"          // every message in a group of its own
	TellAgain      Mutation = "tell deadlines again"         // what was told of a deadline is forgotten
)

// Mutations lists them.
var Mutations = []Mutation{DropSeen, NoVersionCheck, RetryUnknown, LoseInbound, KeepSubscribed, NoPosition, NoSafetyNet, NoOrder, TellAgain}

// mutatedTable plants bugs of the store.
type mutatedTable struct {
	table.Table
	bug  Mutation
	real table.Table
}

func (t mutatedTable) Write(ctx context.Context, ops ...table.Op) error {
	ops = slices.Clone(ops)
	switch t.bug {
	case DropSeen:
		ops = drop(ops, func(k table.Key) bool { return strings.HasPrefix(k.PK, "I#") && strings.HasPrefix(k.SK, "S#") })
	case NoPosition:
		ops = drop(ops, func(k table.Key) bool { return strings.HasPrefix(k.PK, "P#") })
	case NoVersionCheck:
		t.unchecked(ctx, ops)
	case KeepSubscribed:
		for i := range ops {
			ops[i].Item.Doc = bytes.Replace(ops[i].Item.Doc, []byte(`"out":true`), []byte(`"out":false`), 1)
		}
	case TellAgain:
		for i := range ops {
			ops[i].Item.Doc = toldFlags.ReplaceAll(ops[i].Item.Doc, []byte("$1,0]"))
		}
	case NoSafetyNet:
		for i := range ops {
			if strings.HasPrefix(ops[i].Item.PK, "T#") {
				delete(ops[i].Item.Index, table.Due)
			}
		}
	}
	return t.Table.Write(ctx, ops...)
}

// toldFlags ends a clock in a ticket's header: warned, breached.
var toldFlags = regexp.MustCompile(`("[fnr]":\[\d+(?:,-?\d+){6}),[123]\]`)

func drop(ops []table.Op, which func(table.Key) bool) []table.Op {
	return slices.DeleteFunc(ops, func(op table.Op) bool { return which(op.Item.Key) })
}

// unchecked gives each put the version that is stored.
func (t mutatedTable) unchecked(ctx context.Context, ops []table.Op) {
	for i, op := range ops {
		if op.Kind != table.OpPut {
			continue
		}
		if items, err := t.real.Get(ctx, op.Item.Key); err == nil {
			ops[i].If, ops[i].Item.Version = items[0].Version, items[0].Version
		}
	}
}

// mutatedQueue plants bugs of the queue.
type mutatedQueue struct {
	queue.Queue
	sim *Sim
}

func (q mutatedQueue) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	switch bug := q.sim.cfg.Mutation; {
	case bug == LoseInbound && to == queue.Inbound && q.sim.chance(30), bug == NoSafetyNet && to == queue.Outbound && q.sim.chance(100):
		return nil
	case bug == NoOrder && to == queue.Inbound:
		msgs = slices.Clone(msgs)
		for i := range msgs {
			msgs[i].Group = msgs[i].Dedup
		}
	}
	return q.Queue.Send(ctx, to, msgs...)
}

// mutatedHTTP plants bugs of a provider's client.
type mutatedHTTP struct {
	channel.Doer
	bug Mutation
}

func (h mutatedHTTP) Do(req *http.Request) (*http.Response, error) {
	if h.bug != RetryUnknown {
		return h.Doer.Do(req)
	}
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	resp, err := h.Doer.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		req.Body = io.NopCloser(bytes.NewReader(body))
		return h.Doer.Do(req)
	}
	return resp, err
}
