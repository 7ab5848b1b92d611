package thread_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/thread"
)

// What an agent's mail becomes.
func TestStaff(t *testing.T) {
	open := ticket("AAAAAA", desk.StatusOpen)
	by := func(how string, tk desk.Ticket) []thread.Candidate {
		return []thread.Candidate{{How: how, Ticket: tk}}
	}
	from := func(change func(*desk.Inbound)) desk.Inbound {
		in := mail("amy@desk.test", true)
		in.Text, in.Mail.To = "It is on its way.", []string{"help+tag@desk.test"}
		change(&in)
		return in
	}
	same := func(*desk.Inbound) {}
	merged := open
	merged.Into = "BBBBBB"
	for name, c := range map[string]struct {
		in    desk.Inbound
		found []thread.Candidate
		as    thread.StaffAs
		says  string
	}{
		"to the ticket's address":    {from(same), by(thread.ByReplyAddress, open), thread.StaffQueued, "staff.answered"},
		"by In-Reply-To":             {from(same), by(thread.ByInReplyTo, open), thread.StaffQueued, "staff.answered"},
		"by References":              {from(same), by(thread.ByReferences, open), thread.StaffQueued, "staff.answered"},
		"nowhere":                    {from(same), nil, "", ""},
		"a number in the subject":    {from(same), by(thread.BySubject, open), "", ""},
		"on what is over":            {from(same), by(thread.ByReplyAddress, ticket("CCCCCC", desk.StatusClosed)), thread.StaffQueued, "staff.answered"},
		"to the customer as well":    {from(func(in *desk.Inbound) { in.Mail.Cc = []string{"Ann@x.test"} }), by(thread.ByReplyAddress, open), thread.StaffSent, "staff.sent_already"},
		"customer and colleague":     {from(func(in *desk.Inbound) { in.Mail.To = []string{"ann@x.test", "li@desk.test"} }), by(thread.ByReplyAddress, open), thread.StaffSent, "staff.sent_already"},
		"to a colleague":             {from(func(in *desk.Inbound) { in.Mail.Cc = []string{"li@desk.test"} }), by(thread.ByReplyAddress, open), thread.StaffNote, "staff.to_colleagues"},
		"unproven":                   {from(func(in *desk.Inbound) { in.Mail.Trusted = false }), by(thread.ByReplyAddress, open), thread.StaffNote, "staff.unproven"},
		"unproven, to the customer":  {from(func(in *desk.Inbound) { in.Mail.Trusted, in.Mail.To = false, []string{"ann@x.test"} }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.unproven"},
		"out of office":              {from(func(in *desk.Inbound) { in.Automatic = "Auto-Submitted: auto-replied" }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.automatic"},
		"out of office, to customer": {from(func(in *desk.Inbound) { in.Automatic, in.Mail.To = "x", []string{"ann@x.test"} }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.automatic"},
		"held to be spam":            {from(func(in *desk.Inbound) { in.Spam = "x" }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.suspicious"},
		"with a virus":               {from(func(in *desk.Inbound) { in.Virus = true }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.suspicious"},
		"on spam":                    {from(same), by(thread.ByInReplyTo, ticket("SPAMMY", desk.StatusSpam)), thread.StaffNote, "staff.spam"},
		"on a ring of merges":        {from(same), by(thread.ByInReplyTo, merged), thread.StaffNote, "staff.merged"},
		"nothing but a quote":        {from(func(in *desk.Inbound) { in.Text, in.Full = " ", "> words" }), by(thread.ByInReplyTo, open), thread.StaffNote, "staff.empty"},
		"their own ticket":           {from(func(in *desk.Inbound) { in.From.ID = "ann@x.test" }), by(thread.ByInReplyTo, open), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := thread.ChooseStaff(thread.StaffQuestion{In: c.in, Candidates: c.found, Colleagues: []string{"li@desk.test"}})
			require.Equal(t, c.as, v.As)
			require.Equal(t, c.as != "", v.Join != nil)
			if c.says != "" {
				require.Equal(t, c.says, v.Decisions[len(v.Decisions)-1].Code)
			}
		})
	}
}

// Over any mail: nothing unproven, automatic or suspicious is ever an answer.
func TestStaffNeverLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := mail("amy@desk.test", rapid.Bool().Draw(t, "trusted"))
		in.Text = rapid.SampledFrom([]string{"", "words"}).Draw(t, "text")
		in.Automatic = rapid.SampledFrom([]string{"", "robot"}).Draw(t, "automatic")
		in.Virus, in.Quiet = rapid.Bool().Draw(t, "virus"), rapid.Bool().Draw(t, "quiet")
		in.Mail.To = rapid.SliceOfN(rapid.SampledFrom([]string{"ann@x.test", "li@desk.test", "help@desk.test"}), 0, 3).Draw(t, "to")
		how := rapid.SampledFrom([]string{thread.ByReplyAddress, thread.ByInReplyTo, thread.ByReferences, thread.BySubject}).Draw(t, "how")
		tk := ticket("AAAAAA", rapid.SampledFrom(desk.Statuses).Draw(t, "status"))
		v := thread.ChooseStaff(thread.StaffQuestion{In: in, Candidates: []thread.Candidate{{How: how, Ticket: tk}}, Colleagues: []string{"li@desk.test"}})
		if v.As == thread.StaffQueued || v.As == thread.StaffSent {
			require.True(t, in.Mail.Trusted && in.Automatic == "" && !in.Virus && !in.Quiet && tk.Status != desk.StatusSpam)
		}
	})
}
