package jobsfn_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// post is the mail that goes to agents.
type post struct {
	outcome channel.Outcome
	sent    []channel.Outgoing
	during  func() // happens while it is sent
}

func (p *post) Send(_ context.Context, m channel.Outgoing) channel.Outcome {
	p.sent = append(p.sent, m)
	if during := p.during; during != nil {
		p.during = nil
		during()
	}
	return p.outcome
}

// notices is a desk of a lead, an agent and a robot, with a ticket of the agent's.
type notices struct {
	*hooks
	post *post
	hp   notify.Happening
}

func newNotices(t *testing.T) *notices {
	b := &notices{hooks: newHooks(t), post: &post{outcome: channel.Outcome{Kind: channel.OutcomeSent}}}
	b.settings = config.Settings{
		Desk: config.Desk{Language: "en", PublicURL: "https://desk.test", TimeZone: "UTC"},
		Agents: []config.Agent{
			{ID: "li", Name: "Li", Role: "lead", Teams: []string{"support"}, Mail: "li@desk.test"},
			{ID: "amy", Name: "Amy", Role: "agent", Teams: []string{"support"}, Mail: "amy@desk.test", Notify: config.AgentNotify{Mail: []notify.Kind{notify.Breach}}},
		},
		Accounts: []config.Account{{Channel: desk.WeChat, Name: "main"}, {Channel: desk.Email, Name: "support", Team: "support"}},
		Notify:   config.Notify{Robots: []config.Robot{{Name: "ops", Kind: config.WeCom}}},
	}
	b.secrets[config.RobotSecret("ops", config.RobotURL)] = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
	b.h.Sender = func(context.Context, desk.Channel, string) (channel.Sender, error) { return b.post, nil }
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: ticket, Subject: "Where is my <!channel> parcel?", Team: "support", Status: desk.StatusOpen, Assignee: "amy", Opened: b.now.Add(-time.Hour)}})
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	b.hp = b.happening(b.now)
	return b
}

func (b *notices) happening(at time.Time) notify.Happening {
	return notify.Happening{ID: tell.ID(at, "x"), Kind: notify.Breach, At: at, Ticket: ticket, By: desk.Actor{Kind: desk.ByDesk},
		What: desk.Decision{Code: "sla.breached", Args: map[string]string{"target": "first_response", "at": "2026-03-02T08:00:00Z"}}}
}

// tell hands the function a notice; it says whether the job came back.
func (b *notices) tell(hp notify.Happening) bool {
	b.t.Helper()
	job, err := work.NewJob(work.JobNotice, hp)
	require.NoError(b.t, err)
	body, err := json.Marshal(job)
	require.NoError(b.t, err)
	resp, err := b.h.Handle(b.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(body), ReceiptHandle: "r"}}})
	require.NoError(b.t, err)
	return len(resp.BatchItemFailures) > 0
}

func (b *notices) feed(agent string) []desk.Notice {
	rows, _, err := b.rows.Notices(b.t.Context(), agent, "", 100)
	require.NoError(b.t, err)
	var out []desk.Notice
	for _, r := range rows {
		out = append(out, r.Value)
	}
	return out
}

// A breach stands in the console of the agent and of the lead, is mailed to who wants it,
// and told again it is told to nobody.
func TestNoticeIsTold(t *testing.T) {
	b := newNotices(t)
	require.False(t, b.tell(b.hp))
	require.False(t, b.tell(b.hp))
	require.Len(t, b.feed("li"), 1)
	require.Empty(t, b.feed("li")[0].Mail)
	require.Len(t, b.feed("amy"), 1)
	require.Equal(t, desk.MailSent, b.feed("amy")[0].Mail)
	require.Equal(t, b.hp.What, b.feed("amy")[0].What)

	require.Len(t, b.post.sent, 1)
	m := b.post.sent[0]
	require.Equal(t, desk.Address{Channel: desk.Email, Account: "support", ID: "amy@desk.test"}, m.To)
	require.True(t, m.Automatic)
	require.Equal(t, "notice", m.Purpose)
	require.Empty(t, m.Ticket, "it is no part of the ticket")
	require.Contains(t, m.Subject, "overdue")
	require.Contains(t, m.Text, "https://desk.test/console/tickets/"+desk.TicketID(ticket).Number())
}

// Within ten minutes one ticket's notices of a kind are one mail, and all are in the console.
func TestNoticeMailsAreFew(t *testing.T) {
	b := newNotices(t)
	for _, after := range []time.Duration{0, time.Minute, 9 * time.Minute, 11 * time.Minute} {
		require.False(t, b.tell(b.happening(b.now.Add(after))))
	}
	require.Len(t, b.feed("amy"), 4)
	require.Len(t, b.post.sent, 2)
}

// A mail that nobody took is tried again; the notice stands already. One that may have
// gone, or never will, is not.
func TestNoticeMailFails(t *testing.T) {
	for kind, c := range map[channel.OutcomeKind]struct {
		again bool
		state desk.MailState
	}{
		channel.OutcomeTransient: {true, desk.MailDue}, channel.OutcomeRateLimited: {true, desk.MailDue},
		channel.OutcomeUnknown: {false, desk.MailSent}, channel.OutcomeBadRecipient: {false, desk.MailRefused}, channel.OutcomeAuth: {false, desk.MailRefused},
	} {
		b := newNotices(t)
		b.post.outcome.Kind = kind
		require.Equal(t, c.again, b.tell(b.hp), kind)
		require.Equal(t, c.state, b.feed("amy")[0].Mail)
		require.Len(t, b.feed("li"), 1)
		b.post.outcome.Kind = channel.OutcomeSent
		require.False(t, b.tell(b.hp))
		require.Len(t, b.post.sent, map[bool]int{true: 2, false: 1}[c.again], kind)
	}
}

// robotJob gives the delivery that the notice asked for.
func (b *notices) robotJob() work.Hook {
	b.t.Helper()
	require.False(b.t, b.tell(b.hp))
	var w work.Hook
	for _, m := range b.queue.sent {
		var job work.Job
		require.NoError(b.t, json.Unmarshal([]byte(m.Body), &job))
		if job.Kind == work.JobHook {
			require.NoError(b.t, json.Unmarshal(job.Doc, &w))
		}
	}
	return w
}

func (b *notices) delivery() desk.HookDelivery {
	b.t.Helper()
	r, err := b.rows.Hook(b.t.Context(), "robot:ops", b.hp.ID)
	require.NoError(b.t, err)
	return r.Delivery.Value
}

// A group is told once, in the robot's form, however often the job comes; what is kept of
// it holds no secret.
func TestRobotIsTold(t *testing.T) {
	b := newNotices(t)
	b.erp.body = `{"errcode":0,"errmsg":"ok"}`
	w := b.robotJob()
	require.Equal(t, "robot:ops", w.Hook)
	b.run(w)
	b.run(w)
	require.Len(t, b.erp.calls, 1)
	require.Equal(t, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", b.erp.calls[0].URL.String())
	require.Empty(t, b.erp.calls[0].Header.Get("webhook-signature"))
	require.Contains(t, b.erp.bodies[0], `"msgtype":"text"`)
	require.Contains(t, b.erp.bodies[0], desk.TicketID(ticket).Number())
	require.Contains(t, b.erp.bodies[0], "parcel")
	require.Equal(t, desk.HookDelivered, b.delivery().State)
	kept, err := json.Marshal(b.delivery())
	require.NoError(t, err)
	require.NotContains(t, string(kept), "key=k")
}

// Where the settings leave subjects out, the group reads none.
func TestRobotWithoutSubject(t *testing.T) {
	b, no := newNotices(t), false
	b.settings.Notify.Robots[0].Subject = &no
	require.NotContains(t, b.robotJob().Event.Body, "parcel")
}

// What a robot's refusals lead to: patience, another try, or the end.
func TestRobotRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		damage func(*notices)
		state  desk.HookState
		why    string
		code   int
	}{
		"too often":   {`{"errcode":45009}`, nil, desk.HookPending, "hook.slow_down", 45009},
		"busy":        {`{"errcode":-1}`, nil, desk.HookPending, "hook.refused", -1},
		"bad key":     {`{"errcode":93000}`, nil, desk.HookFailed, "hook.refused", 93000},
		"no robot":    {`<html>`, nil, desk.HookFailed, "hook.refused", 200},
		"no address":  {"", func(b *notices) { clear(b.secrets) }, desk.HookPending, "hook.no_address", 0},
		"bad address": {"", func(b *notices) { b.secrets["robot/ops/url"] = "http://10.0.0.1/" }, desk.HookPending, "hook.bad_url", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newNotices(t)
			b.erp.body = c.body
			if c.damage != nil {
				c.damage(b)
			}
			b.run(b.robotJob())
			d := b.delivery()
			require.Equal(t, c.state, d.State)
			require.Equal(t, c.why, d.Why)
			require.Equal(t, c.code, d.Status)
			require.Equal(t, c.state == desk.HookPending, !d.Due.IsZero())
		})
	}
}
