package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func recovering(t *testing.T) (*bench, desk.Ticket) {
	b := newBench(t)
	b.s.Recoveries = config.Recoveries{Within: config.Duration(24 * time.Hour), Owner: config.OwnerAssignee}
	b.s.Agents = append(b.s.Agents, config.Agent{ID: "lee", Name: "Lee", Role: "lead", Teams: []string{"support"}})
	return b, b.resolveAndAsk(nil)
}

func (b *bench) recovery(t desk.Ticket) desk.Recovery {
	row, err := b.Store.Recovery(b.ctx, t.ID, t.Survey)
	require.NoError(b.t, err)
	return row.Value
}

func (b *bench) answers(t desk.Ticket, score int) {
	_, err := b.Answer(b.ctx, t.Survey, desk.Score{Value: score, At: b.now, By: desk.WebForm})
	require.NoError(b.t, err)
}

// fireRecoveries lets every follow-up whose time has come have its way.
func (b *bench) fireRecoveries() {
	for _, d := range b.sweep() {
		if d.Kind == store.DueRecovery {
			require.NoError(b.t, b.FireRecovery(b.ctx, d.Ticket.ID, d.Survey, d.Gen, b.now))
			require.NoError(b.t, b.FireRecovery(b.ctx, d.Ticket.ID, d.Survey, d.Gen, b.now), "twice is harmless")
		}
	}
}

func count(codes, code string) int { return strings.Count(codes, code) }

// A bad answer opens a follow-up with it; it escalates once, goes forward and asks again.
func TestRecovery(t *testing.T) {
	b, tk := recovering(t)
	b.receive(text("2", "1")) // by digit: the thanks are words of regret
	r := b.recovery(tk)
	require.Equal(t, desk.RecoveryDue, r.State)
	require.Equal(t, "amy", r.Owner)
	require.Equal(t, b.now.Add(24*time.Hour), r.Deadline)
	thanks := ""
	for _, m := range b.messages(tk.ID) {
		if m.Purpose == "thanks" {
			thanks = m.Text
		}
	}
	require.Contains(t, thanks, "sorry")
	b.fireRecoveries()
	require.Equal(t, 1, count(codes(b.messages(tk.ID)), "recovery.opened"))
	require.Zero(t, count(codes(b.messages(tk.ID)), "recovery.due"), "not yet")

	b.pass(24*time.Hour + time.Second)
	b.fireRecoveries()
	b.pass(24 * time.Hour)
	b.fireRecoveries()
	require.Equal(t, 1, count(codes(b.messages(tk.ID)), "recovery.due"), "once")
	require.Equal(t, "lee", b.recovery(tk).Owner)

	rows, _, err := b.Store.Recoveries(b.ctx, []string{r.Team}, desk.RecoveryDue, "", 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	move := func(s desk.RecoveryState) error {
		_, err := b.ChangeRecovery(b.ctx, b.act(), tk.Survey, ticketing.RecoveryChange{State: &s, Note: "called"})
		return err
	}
	require.Error(t, move(desk.RecoveryAskedAgain))
	require.NoError(t, move(desk.RecoveryContacted))
	require.NoError(t, move(desk.RecoveryDone))
	require.NoError(t, move(desk.RecoveryAskedAgain))
	require.NoError(t, move(desk.RecoveryAskedAgain), "the same once more")
	again := b.survey(b.recovery(tk).Again)
	require.Equal(t, desk.SurveyPlanned, again.State)
	require.Equal(t, desk.WhenAsked, again.When)
	b.now = again.Due
	b.fire(nil)
	require.Equal(t, desk.SurveySkipped, b.survey(again.ID).State, "asked two days ago: the cooldown counts here, too")
	require.Equal(t, "survey.cooldown", b.survey(again.ID).Why)
}

// A changed answer that is good closes a follow-up that nobody has begun; one that turns
// bad opens it.
func TestRecoveryOfChangedAnswer(t *testing.T) {
	b, tk := recovering(t)
	b.answers(tk, 2)
	b.pass(time.Hour)
	b.answers(tk, 5)
	require.Equal(t, desk.RecoveryDropped, b.recovery(tk).State)
	b.pass(30 * time.Hour)
	b.fireRecoveries()
	require.Zero(t, count(codes(b.messages(tk.ID)), "recovery.due"))

	b, tk = recovering(t)
	b.answers(tk, 5)
	require.Empty(t, b.recovery(tk).Survey)
	b.pass(time.Hour)
	b.answers(tk, 1)
	require.Equal(t, desk.RecoveryDue, b.recovery(tk).State)
	contacted := desk.RecoveryContacted
	_, err := b.ChangeRecovery(b.ctx, b.act(), tk.Survey, ticketing.RecoveryChange{State: &contacted})
	require.NoError(t, err)
	b.answers(tk, 4)
	require.Equal(t, desk.RecoveryContacted, b.recovery(tk).State, "begun: it goes on")

	b, tk = recovering(t)
	b.s.Recoveries.Disabled = true
	b.answers(tk, 1)
	require.Empty(t, b.recovery(tk).Survey)
}
