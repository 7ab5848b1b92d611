package thread_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/thread"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func ticket(id string, st desk.Status, parts ...string) desk.Ticket {
	t := desk.Ticket{ID: desk.TicketID(id), Status: st, From: desk.Address{Channel: desk.Email, ID: "ann@x.test"}}
	if len(parts) > 0 {
		t.Mail = &desk.MailHead{Parts: parts}
	}
	return t
}

func mail(from string, trusted bool) desk.Inbound {
	return desk.Inbound{From: desk.Address{Channel: desk.Email, ID: from}, Mail: &desk.Mail{Trusted: trusted}}
}

// Where a message goes, and what the journal says.
func TestChoose(t *testing.T) {
	resolved := ticket("RESOLV", desk.StatusResolved)
	resolved.Resolved = now.Add(-time.Hour)
	old := resolved
	old.Resolved = now.Add(-30 * 24 * time.Hour)
	lately := ticket("LATELY", desk.StatusClosed)
	lately.Closed = now.Add(-time.Hour)
	thanks := mail("ann@x.test", true)
	thanks.Text = "Thank you!"
	for name, c := range map[string]struct {
		in      desk.Inbound
		found   []thread.Candidate
		join    desk.TicketID
		reopen  bool
		follows desk.TicketID
		says    []string
	}{
		"nothing points anywhere": {in: mail("ann@x.test", true), says: []string{"thread.new"}},
		"a participant's answer": {
			in: mail("bob@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: ticket("AAAAAA", desk.StatusOpen, "bob@x.test")}},
			join: "AAAAAA", says: []string{"thread.joined"},
		},
		"a stranger's": {
			in: mail("eve@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: ticket("AAAAAA", desk.StatusOpen)}},
			says: []string{"thread.stranger", "thread.new_after_all"},
		},
		"a From that nobody proves": {
			in: mail("ann@x.test", false), found: []thread.Candidate{{How: thread.ByReferences, Ticket: ticket("AAAAAA", desk.StatusOpen)}},
			says: []string{"thread.from_unproven", "thread.new_after_all"},
		},
		"the same with our signed address": {
			in: mail("ann@x.test", false), found: []thread.Candidate{{How: thread.ByReplyAddress, Ticket: ticket("AAAAAA", desk.StatusOpen)}},
			join: "AAAAAA", says: []string{"thread.joined"},
		},
		"the first that may be joined": {
			in: mail("bob@x.test", true), found: []thread.Candidate{
				{How: thread.ByInReplyTo, Ticket: ticket("AAAAAA", desk.StatusOpen)},
				{How: thread.ByReferences, Ticket: ticket("BBBBBB", desk.StatusOpen, "bob@x.test")},
			},
			join: "BBBBBB", says: []string{"thread.stranger", "thread.joined"},
		},
		"resolved not long ago": {
			in: mail("ann@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: resolved}},
			join: "RESOLV", reopen: true, says: []string{"thread.reopened"},
		},
		"resolved long ago": {
			in: mail("ann@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: old}},
			follows: "RESOLV", says: []string{"thread.follows_closed"},
		},
		"closed": {
			in: mail("ann@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: ticket("CLOSED", desk.StatusClosed)}},
			follows: "CLOSED", says: []string{"thread.follows_closed"},
		},
		"closed not long ago": {
			in: mail("ann@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: lately}},
			join: "LATELY", reopen: true, says: []string{"thread.reopened"},
		},
		"thanks for what is resolved": {
			in: thanks, found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: resolved}},
			join: "RESOLV", says: []string{"thread.joined", "thread.thanks"},
		},
		"a number in a stranger's subject": {
			in: mail("eve@x.test", true), found: []thread.Candidate{{How: thread.BySubject, Ticket: ticket("AAAAAA", desk.StatusOpen)}},
			says: []string{"thread.stranger", "thread.new_after_all"},
		},
		"a number in an unproven subject": {
			in: mail("ann@x.test", false), found: []thread.Candidate{{How: thread.BySubject, Ticket: ticket("AAAAAA", desk.StatusOpen)}},
			says: []string{"thread.from_unproven", "thread.new_after_all"},
		},
		"a participant of what was merged": {
			in: mail("bob@x.test", true), found: []thread.Candidate{{How: thread.ByInReplyTo, Ticket: ticket("AAAAAA", desk.StatusOpen),
				Pointed: new(ticket("MERGED", desk.StatusClosed, "bob@x.test"))}},
			join: "AAAAAA", says: []string{"thread.joined"},
		},
		"a conversation needs no proof": {
			in:    desk.Inbound{From: desk.Address{Channel: desk.WeChat, ID: "o1"}},
			found: []thread.Candidate{{How: thread.ByConversation, Ticket: ticket("AAAAAA", desk.StatusPending)}},
			join:  "AAAAAA", says: []string{"thread.joined"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := thread.Choose(thread.Question{In: c.in, At: now, Candidates: c.found, ReopenWithin: 7 * 24 * time.Hour})
			var joined desk.TicketID
			if v.Join != nil {
				joined = v.Join.ID
			}
			require.Equal(t, c.join, joined)
			require.Equal(t, c.reopen, v.Reopen)
			require.Equal(t, c.follows, v.Follows)
			var says []string
			for _, d := range v.Decisions {
				says = append(says, d.Code)
			}
			require.Equal(t, c.says, says)
		})
	}
}

// Promise 4, over any tickets: whoever doesn't take part in a ticket never joins it,
// and every verdict says why.
func TestNoStrangerEver(t *testing.T) {
	people := []string{"ann@x.test", "bob@x.test", "eve@x.test"}
	rapid.Check(t, func(t *rapid.T) {
		who := rapid.SampledFrom(people)
		var found []thread.Candidate
		for i := range rapid.IntRange(0, 5).Draw(t, "tickets") {
			tk := ticket(fmt.Sprintf("TICK%02d", i), rapid.SampledFrom(desk.Statuses).Draw(t, "status"), rapid.SliceOfN(who, 0, 3).Draw(t, "parts")...)
			tk.From.ID = who.Draw(t, "customer")
			how := rapid.SampledFrom([]string{thread.ByReplyAddress, thread.ByInReplyTo, thread.ByReferences}).Draw(t, "how")
			found = append(found, thread.Candidate{How: how, Ticket: tk})
		}
		in := mail(who.Draw(t, "from"), rapid.Bool().Draw(t, "trusted"))
		v := thread.Choose(thread.Question{In: in, At: now, Candidates: found, ReopenWithin: time.Hour})
		require.NotEmpty(t, v.Decisions)
		id := v.Follows
		if v.Join != nil {
			id = v.Join.ID
			require.NotEqual(t, desk.StatusClosed, v.Join.Status)
		}
		if id == "" {
			return
		}
		i := slices.IndexFunc(found, func(c thread.Candidate) bool { return c.Ticket.ID == id })
		tk := found[i].Ticket
		takesPart := tk.From.ID == in.From.ID || tk.Mail != nil && slices.Contains(tk.Mail.Parts, in.From.ID)
		require.True(t, takesPart)
		require.True(t, in.Mail.Trusted || found[i].How == thread.ByReplyAddress)
	})
}
