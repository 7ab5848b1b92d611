package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// An answer that was taken back and is sent after all moves the ticket as it would have
// done, and leaves alone what somebody has decided meanwhile.
func TestUndoneSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile desk.Status
		after     desk.Status
		reopened  int
	}{
		"nobody came":   {"", desk.StatusPending, 0},
		"it was solved": {desk.StatusResolved, desk.StatusResolved, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.s.Tickets.UndoSend = config.Duration(20 * time.Second)
			got := b.receive(desk.Inbound{Kind: desk.InMessage, ID: "1", From: sms("+15005550001"), Text: "hello", Lang: "en"})
			b.pass(time.Minute)
			m, err := b.Reply(b.ctx, b.act(), got.Ticket, ticketing.Reply{Text: "one", Then: desk.StatusPending})
			require.NoError(t, err)
			require.NoError(t, b.Undo(b.ctx, b.act(), got.Ticket, m))
			b.pass(time.Minute)
			if c.meanwhile != "" {
				require.NoError(t, b.SetStatus(b.ctx, b.act(), got.Ticket, c.meanwhile, time.Time{}))
			}
			b.pass(time.Minute)
			require.NoError(t, b.SendAgain(b.ctx, b.act(), got.Ticket, m))
			tk := b.ticket(got.Ticket)
			require.Equal(t, []any{c.after, c.reopened, 1}, []any{tk.Status, tk.Reopened, tk.Answers})
		})
	}
}
