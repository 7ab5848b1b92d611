package jobsfn_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

var who = desk.Address{Channel: desk.WeChat, Account: "main", ID: "oSecret"}

// follower is a customer with a ticket full of what they told.
type follower struct {
	*bench
	desk *ticketing.Desk
	n    int
	id   desk.TicketID
}

func newFollower(t *testing.T) *follower {
	f := &follower{bench: newBench(t)}
	f.desk = &ticketing.Desk{Store: f.rows, Settings: func(context.Context) (*config.Settings, error) {
		return &config.Settings{Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}}, nil
	}}
	f.id = f.tell(desk.Inbound{Kind: desk.InMessage, Name: "TELLTALE", Text: "TELLTALE one", Contact: desk.Contact{Phone: "+14155550100"}, Fields: []desk.Field{{Name: "a", Value: "TELLTALE"}},
		Attachments: []desk.Attachment{{Name: "TELLTALE.jpg", Type: "image/jpeg", Ref: "media:TELLTALE"}}}).Ticket
	return f
}

func (f *follower) tell(in desk.Inbound) ticketing.Received {
	f.n++
	f.now = f.now.Add(2 * time.Second)
	in.ID, in.From, in.At = fmt.Sprint(f.n), who, f.now
	got, err := f.desk.Receive(f.t.Context(), channel.Envelope{At: f.now}, in)
	require.NoError(f.t, err)
	return got
}

func (f *follower) leave() {
	f.tell(desk.Inbound{Kind: desk.InEvent, Type: "unsubscribe", Quiet: true, Erase: true})
}

// erase runs the job until it sends itself no more.
func (f *follower) erase() {
	job, err := work.NewJob(work.JobErase, work.Erase{Address: who})
	require.NoError(f.t, err)
	m, err := work.Message(job)
	require.NoError(f.t, err)
	f.queue.sent = append(f.queue.sent[:0], m)
	for len(f.queue.sent) > 0 {
		body := f.queue.sent[0].Body
		f.queue.sent = f.queue.sent[1:]
		resp, err := f.h.Handle(f.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: body}}})
		require.NoError(f.t, err)
		require.Empty(f.t, resp.BatchItemFailures)
	}
}

// telling are the rows in which something of the customer's still stands.
func (f *follower) telling() (keys []string) {
	var after string
	all := map[table.Key]table.Item{}
	for {
		cs, err := f.rows.T.(interface {
			Changes(context.Context, string, int) ([]table.Change, error)
		}).Changes(f.t.Context(), after, 1000)
		require.NoError(f.t, err)
		if len(cs) == 0 {
			break
		}
		for _, c := range cs {
			all[c.Key] = c.New
		}
		after = cs[len(cs)-1].Seq
	}
	for k, it := range all {
		if strings.Contains(string(it.Doc)+string(it.Summary), "TELLTALE") || strings.Contains(string(it.Doc), "+14155550100") {
			keys = append(keys, k.PK+" "+k.SK)
		}
	}
	return keys
}

func (f *follower) codes() (out []string) {
	rows, _, err := f.rows.Messages(f.t.Context(), f.id, "", 1000, false)
	require.NoError(f.t, err)
	for _, r := range rows {
		for _, d := range r.Value.Decisions {
			if d.Code == "erased.left" {
				out = append(out, d.Code)
			}
		}
	}
	return out
}

// Tencent requires that who unfollows is erased: nothing they told is left in any row,
// the bytes of their files are gone, the journal says so once, and doing it again writes
// nothing.
func TestWhoLeftIsErased(t *testing.T) {
	f := newFollower(t)
	for i := range 130 { // several pages
		f.tell(desk.Inbound{Kind: desk.InMessage, Text: fmt.Sprint("TELLTALE ", i)})
	}
	f.tell(desk.Inbound{Kind: desk.InEvent, Type: "location", Quiet: true, Fields: []desk.Field{{Name: "Latitude", Value: "TELLTALE"}}})
	rows, _, err := f.rows.Messages(t.Context(), f.id, "", 10, false)
	require.NoError(t, err)
	body, err := json.Marshal(work.Media{Ticket: f.id, Message: rows[0].Value.ID})
	require.NoError(t, err)
	job, err := json.Marshal(work.Job{Kind: work.JobMedia, Doc: body})
	require.NoError(t, err)
	_, err = f.h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: string(job)}}})
	require.NoError(t, err)
	first, err := f.rows.Message(t.Context(), f.id, rows[0].Value.ID)
	require.NoError(t, err)
	key := first.Value.Attachments[0].Blob
	require.NotEmpty(t, key)

	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "li"}, At: f.now}
	require.NoError(t, f.desk.MarkMessage(t.Context(), act, f.id, rows[0].Value.ID, desk.Complaint))
	f.leave()
	require.Contains(t, strings.Join(f.telling(), " "), "FB#")
	f.erase()
	require.Empty(t, f.telling())
	_, err = f.blob.Get(t.Context(), key, 0)
	require.ErrorIs(t, err, blob.ErrNotFound)
	require.Len(t, f.codes(), 1)

	before, err := f.rows.Ticket(t.Context(), f.id)
	require.NoError(t, err)
	f.erase()
	after, err := f.rows.Ticket(t.Context(), f.id)
	require.NoError(t, err)
	require.Equal(t, before.Version, after.Version)
	require.Len(t, f.codes(), 1)
}

// A mark that was taken back keeps no words out of the reach of an erasure, and of a review
// every version is erased, however many there are.
func TestFeedbackIsErasedWhole(t *testing.T) {
	f := newFollower(t)
	rows, _, err := f.rows.Messages(t.Context(), f.id, "", 10, false)
	require.NoError(t, err)
	for _, as := range []desk.Type{desk.Complaint, ""} {
		f.now = f.now.Add(time.Second)
		act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "li"}, At: f.now}
		require.NoError(t, f.desk.MarkMessage(t.Context(), act, f.id, rows[0].Value.ID, as))
	}
	require.NotContains(t, strings.Join(f.telling(), " "), "FB#")

	id, err := f.rows.Identity(t.Context(), who)
	require.NoError(t, err)
	const edits = 2*store.EarlierPage + 3
	said := func() store.Row[desk.Feedback] {
		v := desk.Feedback{ID: "r1", Source: desk.FromReview, Customer: id.Value.Customer, From: who, Edits: edits, At: f.now}
		v.Answers = []desk.FeedbackAnswer{{Question: desk.CommentQuestion, Type: desk.AskText, Text: "TELLTALE"}}
		return store.Row[desk.Feedback]{Value: v}
	}
	for n := 1; n <= edits; n += 20 {
		var tx store.Tx
		for k := n; k < n+20 && k <= edits; k++ {
			tx.PutEarlier(k, said())
		}
		require.NoError(t, f.rows.Commit(t.Context(), &tx))
	}
	var tx store.Tx
	tx.PutFeedback(said())
	require.NoError(t, f.rows.Commit(t.Context(), &tx))
	f.leave()
	f.erase()
	require.Empty(t, f.telling())
}

// Who follows again by the provider's time before the job runs keeps everything.
func TestWhoCameBackIsKept(t *testing.T) {
	f := newFollower(t)
	f.leave()
	f.tell(desk.Inbound{Kind: desk.InEvent, Type: "subscribe", Quiet: true})
	was := len(f.telling())
	f.erase()
	require.Len(t, f.telling(), was)
	require.Empty(t, f.codes())
}

// A new word after the erase is nothing to a late repeat of the job.
func TestEraseStartsFresh(t *testing.T) {
	f := newFollower(t)
	f.leave()
	f.erase()
	f.tell(desk.Inbound{Kind: desk.InMessage, Name: "TELLTALE", Text: "TELLTALE again"})
	was := len(f.telling())
	f.erase()
	require.NotZero(t, was)
	require.Len(t, f.telling(), was)
}

// Somebody who comes back between two pages keeps what is left: each write is held to
// the address as it was read.
func TestComingBackStopsTheErase(t *testing.T) {
	f := newFollower(t)
	f.leave()
	f.h.Store = store.New(&meeting{Table: f.rows.T, then: func() { f.tell(desk.Inbound{Kind: desk.InEvent, Type: "subscribe", Quiet: true}) }})
	was := len(f.telling())
	f.erase()
	require.Len(t, f.telling(), was+2, "and the follow itself, on customer and ticket")
	require.Empty(t, f.codes())
}

// meeting lets something happen just before the first write.
type meeting struct {
	table.Table
	then func()
}

func (m *meeting) Write(ctx context.Context, ops ...table.Op) error {
	if then := m.then; then != nil {
		m.then = nil
		then()
	}
	return m.Table.Write(ctx, ops...)
}
