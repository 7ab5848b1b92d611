package jobsfn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// newQuiet is a desk whose agent has quiet hours until an hour from now.
func newQuiet(t *testing.T) *notices {
	b := newNotices(t)
	b.settings.Agents[1].Notify = config.AgentNotify{Mail: []notify.Kind{notify.Breach, notify.Reply}, Quiet: []string{"22:00-10:00"}}
	return b
}

// ends hands the function the end of the agent's quiet hours.
func (b *notices) ends() bool { return b.bench.run(work.JobDigest, work.AgentAt{Agent: "amy"}, 1) }

func (b *notices) digest() store.Row[desk.Digest] {
	row, err := b.rows.Digest(b.t.Context(), "amy")
	require.NoError(b.t, err)
	return row
}

func (b *notices) states() (out []desk.MailState) {
	for _, n := range b.feed("amy") {
		out = append(out, n.Mail)
	}
	return out
}

// What was held back comes as one mail when quiet hours end, each once, however often the
// timer fires; it is due by a timer in the table.
func TestHeldBackIsOneMail(t *testing.T) {
	b := newQuiet(t)
	for n := range 3 {
		hp := b.happening(b.now.Add(time.Duration(n) * time.Minute))
		hp.What.Args = map[string]string{"target": "resolution", "at": fmt.Sprintf("2026-03-02T0%d:00:00Z", n)}
		require.False(t, b.tell(hp))
		require.False(t, b.tell(hp))
	}
	require.Empty(t, b.post.sent)
	require.Equal(t, []desk.MailState{desk.MailLater, desk.MailLater, desk.MailLater}, b.states())
	require.Equal(t, b.now.Add(time.Hour), b.digest().Value.Due.UTC())
	require.Equal(t, b.hp.At, b.digest().Value.First.UTC())

	require.False(t, b.ends(), "too early: nothing goes")
	require.Empty(t, b.post.sent)
	b.now = b.now.Add(time.Hour)
	due := 0
	for shard := range uint32(store.DueShards) {
		ds, err := b.rows.ClaimDue(t.Context(), shard, b.now, time.Minute, 10)
		require.NoError(t, err)
		for _, d := range ds {
			if d.Kind == store.DueDigest {
				due++
				require.Equal(t, "amy", d.Agent)
			}
		}
	}
	require.Equal(t, 1, due)
	require.False(t, b.ends())
	require.False(t, b.ends())
	require.Len(t, b.post.sent, 1)
	m := b.post.sent[0]
	require.Equal(t, "amy@desk.test", m.To.ID)
	require.Equal(t, "3 notices from your quiet hours", m.Subject)
	require.Contains(t, m.Text, "https://desk.test/console/tickets/"+desk.TicketID(ticket).Number())
	require.Contains(t, m.Text, "https://desk.test/console/notices")
	require.True(t, m.Automatic)
	require.Equal(t, []desk.MailState{desk.MailSent, desk.MailSent, desk.MailSent}, b.states())
	require.Zero(t, b.digest().Value.Due)
}

// What was read, or settled, meanwhile is left out; where nothing is left nobody is
// written to.
func TestHeldBackAndSeen(t *testing.T) {
	for name, meanwhile := range map[string]func(*notices){
		"read": func(b *notices) {
			var tx store.Tx
			tx.PutNoticesRead(store.Row[desk.NoticesRead]{Value: desk.NoticesRead{Agent: "amy", Until: b.hp.ID}})
			require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
		},
		"resolved": func(b *notices) {
			row, err := b.rows.Ticket(b.t.Context(), ticket)
			require.NoError(b.t, err)
			row.Value.Status = desk.StatusResolved
			var tx store.Tx
			tx.PutTicket(row)
			require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newQuiet(t)
			require.False(t, b.tell(b.hp))
			meanwhile(b)
			b.now = b.now.Add(time.Hour)
			require.False(t, b.ends())
			require.Empty(t, b.post.sent)
			require.Equal(t, []desk.MailState{desk.MailSpared}, b.states())
		})
	}
}

// A mail that nobody took is tried again, with what came since; one that may have gone is
// not; and who is no agent any more gets none.
func TestHeldBackAndRefused(t *testing.T) {
	b := newQuiet(t)
	require.False(t, b.tell(b.hp))
	b.now = b.now.Add(time.Hour)
	b.post.outcome.Kind = channel.OutcomeTransient
	require.False(t, b.ends())
	require.Equal(t, []desk.MailState{desk.MailLater}, b.states())
	require.Equal(t, b.now.Add(10*time.Minute), b.digest().Value.Due.UTC())
	b.now = b.now.Add(10 * time.Minute)
	b.post.outcome.Kind = channel.OutcomeUnknown
	require.False(t, b.ends())
	require.False(t, b.ends())
	require.Len(t, b.post.sent, 2)
	require.Equal(t, []desk.MailState{desk.MailSent}, b.states())

	b = newQuiet(t)
	require.False(t, b.tell(b.hp))
	b.now = b.now.Add(time.Hour)
	b.settings.Agents = b.settings.Agents[:1]
	require.False(t, b.ends())
	require.Empty(t, b.post.sent)
	require.Equal(t, []desk.MailState{desk.MailRefused}, b.states())
	require.False(t, b.bench.run(work.JobDigest, work.AgentAt{Agent: "nobody"}, 1))
}

// A notice that is held back while the mail is being made is not lost: it waits for the
// next one.
func TestHeldBackAtTheLastMoment(t *testing.T) {
	b := newQuiet(t)
	require.False(t, b.tell(b.hp))
	was := b.digest()
	b.now = b.now.Add(time.Hour)
	require.False(t, b.ends())
	var tx store.Tx
	tx.CheckDigest(was)
	require.ErrorIs(t, b.rows.Commit(t.Context(), &tx), table.ErrConflict, "what is held back is held to the row as it was read")
	b.now = b.now.Add(13 * time.Hour) // the next night
	require.False(t, b.tell(b.happening(b.now)))
	b.now = b.now.Add(11 * time.Hour)
	require.False(t, b.ends())
	require.Len(t, b.post.sent, 2)
	require.Equal(t, "A notice from your quiet hours", b.post.sent[1].Subject)
}

// What is held back while nobody takes the mail waits together with what is put back:
// neither is lost, and the next mail tells both.
func TestHeldBackWhileRefused(t *testing.T) {
	b := newQuiet(t)
	b.settings.Agents[1].Notify.Quiet = []string{"22:00-10:00", "10:01-20:00"}
	require.False(t, b.tell(b.hp))
	b.now = b.now.Add(time.Hour)
	b.post.outcome.Kind = channel.OutcomeTransient
	b.post.during = func() {
		b.now = b.now.Add(2 * time.Minute)
		require.False(t, b.tell(b.happening(b.now)))
	}
	require.False(t, b.ends())
	require.Equal(t, []desk.MailState{desk.MailLater, desk.MailLater}, b.states())
	d := b.digest().Value
	require.Equal(t, []any{b.hp.At, 1}, []any{d.First.UTC(), d.Tries})
	require.Equal(t, 10, d.Due.UTC().Hour(), "as soon as any of it is due")
	b.now = b.now.Add(10*time.Hour + 30*time.Minute)
	b.post.outcome.Kind = channel.OutcomeSent
	require.False(t, b.ends())
	require.Equal(t, "2 notices from your quiet hours", b.post.sent[1].Subject)
}

// How often nobody took a mail counts for that mail alone.
func TestTriesAreOfOneMail(t *testing.T) {
	b := newQuiet(t)
	for range 3 {
		require.False(t, b.tell(b.happening(b.now)))
		b.now = b.now.Add(time.Hour)
		for range 5 {
			b.post.outcome.Kind = channel.OutcomeTransient
			require.False(t, b.ends())
			require.NotZero(t, b.digest().Value.Due)
			b.now = b.now.Add(10 * time.Minute)
		}
		b.post.outcome.Kind = channel.OutcomeSent
		require.False(t, b.ends())
		b.now = b.now.Truncate(24 * time.Hour).Add(33 * time.Hour)
	}
	require.Equal(t, []desk.MailState{desk.MailSent, desk.MailSent, desk.MailSent}, b.states())
}
