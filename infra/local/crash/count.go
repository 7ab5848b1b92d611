package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/desk"
	qbolt "github.com/deskhook/deskhook/shared/queue/bolt"
	tbolt "github.com/deskhook/deskhook/shared/table/bolt"
)

// count waits until the desk has worked off what it took, stops it, and reads its files.
func (st *storm) count(ctx context.Context) (figures, error) {
	sent, err := st.outbox(ctx)
	if err != nil {
		return figures{}, err
	}
	st.child.stop()
	if err := st.empty(ctx); err != nil {
		return figures{}, err
	}
	found, err := st.rows(ctx)
	if err != nil {
		return figures{}, err
	}
	f := figures{accepted: len(st.accepted), repeats: st.repeats, replies: len(st.replies)}
	for mark := range st.accepted {
		switch n := found[mark]; {
		case n == 0:
			f.missing++
		case n > 1:
			f.doubled++
			f.found++
		default:
			f.found++
		}
	}
	for mark := range st.replies {
		if sent[mark] > 0 {
			f.arrived++
		}
		if sent[mark] > 1 {
			f.sentMore++
		}
	}
	return f, nil
}

const (
	calm  = 3 * time.Second  // without a new message in the outbox: it is quiet
	nerve = 60 * time.Second // at most waited for quiet
)

// outbox reads what customers got, once nothing new has come for a while. A reply whose
// sending was cut off waits for a minute's lease, and is then shown as uncertain: it is
// not waited for.
func (st *storm) outbox(ctx context.Context) (map[string]int, error) {
	last, since, began := -1, time.Now(), time.Now()
	for {
		all, err := st.list()
		if err != nil {
			return nil, err
		}
		if len(all) != last {
			last, since = len(all), time.Now()
		}
		if time.Since(since) > calm || time.Since(began) > nerve {
			return replies(all), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (st *storm) list() ([]string, error) {
	req, err := http.NewRequest(http.MethodGet, st.child.base+"/outbox.json?out=1", nil)
	if err != nil {
		return nil, err
	}
	status, body := st.do(req)
	var all []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(body, &all); err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("outbox: status %d: %w", status, err)
	}
	var texts []string
	for _, m := range all {
		texts = append(texts, m.Text)
	}
	return texts, nil
}

var replyMark = regexp.MustCompile(`reply \S+ end`)

func replies(texts []string) map[string]int {
	n := map[string]int{}
	for _, t := range texts {
		if mark := replyMark.FindString(t); mark != "" {
			n[mark]++
		}
	}
	return n
}

// empty makes sure that no message waits in a queue; while some do, the desk runs on.
func (st *storm) empty(ctx context.Context) error {
	tpl, err := template.Load("template.yaml", nil)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		waiting, err := st.waiting(tpl)
		if err != nil || waiting == 0 {
			return err
		}
		if err := st.child.start(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
		st.child.stop()
	}
	return ctx.Err()
}

// waiting counts what customers' messages are in the queues, dead letters included.
func (st *storm) waiting(tpl *template.Template) (int, error) {
	db, err := qbolt.Open(filepath.Join(st.child.data, "queue.db"), time.Now, runner.Specs(tpl), qbolt.Options{})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, spec := range db.Specs() {
		if strings.HasPrefix(string(spec.Name), "inbound") || strings.HasPrefix(string(spec.Name), "sesmail") {
			d := db.Depth(spec.Name)
			n += d.Visible + d.InFlight + d.Delayed
		}
	}
	return n, db.Close()
}

var customerMark = regexp.MustCompile(`q[0-9]+q`)

// rows counts customers' messages by marker, as the change feed has them.
func (st *storm) rows(ctx context.Context) (map[string]int, error) {
	db, err := tbolt.Open(filepath.Join(st.child.data, "table.db"), time.Now, tbolt.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	found, after := map[string]int{}, ""
	for {
		changes, err := db.Changes(ctx, after, 1000)
		if err != nil || len(changes) == 0 {
			return found, err
		}
		for _, c := range changes {
			if c.Old.Exists() || !strings.HasPrefix(c.Key.PK, "T#") || !strings.HasPrefix(c.Key.SK, "M#") {
				continue
			}
			var m desk.Message
			if json.Unmarshal(c.New.Doc, &m) == nil && m.Kind == desk.FromCustomer {
				found[customerMark.FindString(m.Text)]++
			}
		}
		after = changes[len(changes)-1].Seq
	}
}
