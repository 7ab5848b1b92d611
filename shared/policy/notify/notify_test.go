package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/policy/tell"
)

var (
	at     = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rules  = tell.Rules{Bad: func(_ desk.SurveyKind, score int) bool { return score <= 2 }}
	people = []notify.Person{
		{ID: "amy", Role: "agent", Teams: []string{"support"}},
		{ID: "li", Role: "lead", Teams: []string{"support"}},
		{ID: "max", Role: "lead", Teams: []string{"sales"}},
		{ID: "root", Role: "admin"},
	}
	robots = []notify.Robot{
		{Name: "all"},
		{Name: "sales", Teams: []string{"sales"}},
		{Name: "moves", Kinds: []notify.Kind{notify.Assigned, notify.Reply}},
		{Name: "ops", Kinds: []notify.Kind{notify.HookOff}},
	}
)

func by(agent string) desk.Actor { return desk.Actor{Kind: desk.ByAgent, ID: agent} }

func row(kind desk.MessageKind, by desk.Actor, ds ...desk.Decision) desk.Change {
	return desk.Change{Row: "r", Version: 1, At: at, Message: &desk.Message{Ticket: "7K3Q9W", Kind: kind, By: by, At: at, Decisions: ds}}
}

func given(to, code string) desk.Decision {
	return desk.Decision{Code: code, Args: map[string]string{"to": to}}
}

func owned(by, code string) desk.Decision {
	return desk.Decision{Code: code, Args: map[string]string{"owner": by}}
}

// Who is told of no scores hears of the follow-up that is theirs.
func TestMutedScoreLeavesTheFollowUp(t *testing.T) {
	muted := []notify.Person{{ID: "amy", Role: "agent", Rules: notify.Rules{Muted: []notify.Kind{notify.BadScore}}}}
	c := row(desk.Journal, desk.Actor{Kind: desk.ByCustomer}, desk.Decision{Code: "survey.answered"}, owned("amy", "recovery.opened"))
	h := notify.Happened(c, rules)
	require.Len(t, h, 1)
	require.Len(t, notify.Notices(h[0], desk.Ticket{ID: "7K3Q9W", Assignee: "amy", Status: desk.StatusResolved}, muted, nil, at), 1)
}

// What happens leads to whom, and nobody hears of what they did themselves.
func TestWhoIsTold(t *testing.T) {
	automatic := row(desk.FromCustomer, desk.Actor{})
	automatic.Message.Automatic = "out_of_office"
	late := row(desk.Journal, desk.Actor{Kind: desk.ByDesk}, desk.Decision{Code: "sla.breached"})
	score := func(n int) desk.Change {
		return desk.Change{Row: "q", Version: 2, At: at, SurveyWas: &desk.Survey{},
			Survey: &desk.Survey{Ticket: "7K3Q9W", Answers: 1, Score: &desk.Score{Kind: desk.CSAT, Value: n}}}
	}
	for name, c := range map[string]struct {
		change desk.Change
		ticket func(*desk.Ticket)
		want   []string
	}{
		"given by another":     {row(desk.Journal, by("li"), given("amy", "assign.changed")), nil, []string{"amy", "#moves"}},
		"taken oneself":        {row(desk.Journal, by("amy"), given("amy", "assign.changed")), nil, nil},
		"given by itself":      {row(desk.Journal, desk.Actor{Kind: desk.ByDesk}, given("amy", "assign.by_strategy")), nil, []string{"amy", "#moves"}},
		"given, and away":      {row(desk.Journal, by("li"), given("amy", "assign.changed")), func(t *desk.Ticket) { t.Assignee = "li" }, nil},
		"taken away":           {row(desk.Journal, by("li"), given("", "assign.changed")), nil, nil},
		"the customer again":   {row(desk.FromCustomer, desk.Actor{Kind: desk.ByCustomer}), nil, []string{"amy", "#moves"}},
		"nobody has it":        {row(desk.FromCustomer, desk.Actor{}), func(t *desk.Ticket) { t.Assignee = "" }, []string{"#moves"}},
		"the first message":    {row(desk.FromCustomer, desk.Actor{}), func(t *desk.Ticket) { t.Opened = at }, nil},
		"a machine's answer":   {automatic, nil, nil},
		"spam":                 {row(desk.FromCustomer, desk.Actor{}), func(t *desk.Ticket) { t.Status = desk.StatusSpam }, nil},
		"message and given":    {row(desk.FromCustomer, desk.Actor{}, given("amy", "assign.by_strategy")), nil, []string{"amy", "#moves"}},
		"a note":               {row(desk.Note, by("li")), nil, []string{"amy"}},
		"a note of one's own":  {row(desk.Note, by("amy")), nil, nil},
		"a machine's note":     {row(desk.Note, desk.Actor{Kind: desk.ByDesk}), nil, nil},
		"a note that names":    {row(desk.Note, by("li"), given("amy", "mention.named"), given("max", "mention.named")), nil, []string{"amy", "max"}},
		"a note to followers":  {row(desk.Note, by("li")), follow("max", "li"), []string{"amy", "max"}},
		"resolved":             {row(desk.Journal, by("amy"), given("resolved", "status.changed")), resolvedFor("max", "amy"), []string{"max"}},
		"resolved, and again":  {row(desk.Journal, by("amy"), given("resolved", "status.changed")), follow("max"), nil},
		"again, to followers":  {row(desk.FromCustomer, desk.Actor{}), follow("max"), []string{"amy", "max", "#moves"}},
		"a warning":            {row(desk.Journal, desk.Actor{Kind: desk.ByDesk}, desk.Decision{Code: "sla.warning"}), nil, []string{"amy"}},
		"a breach":             {late, nil, []string{"amy", "li", "#all"}},
		"a breach of sales":    {late, func(t *desk.Ticket) { t.Team = "sales" }, []string{"amy", "max", "#all", "#sales"}},
		"a breach, solved now": {late, func(t *desk.Ticket) { t.Status = desk.StatusResolved }, nil},
		"a bad score":          {score(2), func(t *desk.Ticket) { t.Status = desk.StatusResolved }, []string{"amy", "li", "#all"}},
		"a bad score, no lead": {score(2), func(t *desk.Ticket) { t.Team = "shop" }, []string{"amy", "root", "#all"}},
		"its follow-up":        {row(desk.Journal, desk.Actor{Kind: desk.ByCustomer}, desk.Decision{Code: "survey.answered"}, owned("max", "recovery.opened")), nil, []string{"max"}},
		"its follow-up, mine":  {row(desk.Journal, desk.Actor{Kind: desk.ByCustomer}, desk.Decision{Code: "survey.answered"}, owned("amy", "recovery.opened")), nil, nil},
		"a complaint's":        {row(desk.Journal, by("root"), owned("max", "recovery.opened")), nil, []string{"amy", "li", "max", "#all"}},
		"a new owner":          {row(desk.Journal, by("li"), owned("max", "recovery.owner")), nil, []string{"max"}},
		"overdue":              {row(desk.Journal, desk.Actor{Kind: desk.ByDesk}, owned("max", "recovery.due")), nil, []string{"amy", "li", "max", "#all"}},
		"a good score":         {score(3), nil, nil},
		"a row changed": {desk.Change{At: at, Message: &desk.Message{Ticket: "7K3Q9W", Kind: desk.FromCustomer},
			MessageWas: &desk.Message{Ticket: "7K3Q9W"}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ticket := desk.Ticket{ID: "7K3Q9W", Status: desk.StatusOpen, Team: "support", Assignee: "amy", Opened: at.Add(-time.Hour)}
			if c.ticket != nil {
				c.ticket(&ticket)
			}
			hs := notify.Happened(c.change, rules)
			require.Equal(t, hs, notify.Happened(c.change, rules), "derived again they are the same")
			require.Equal(t, c.want, told(hs, ticket))
		})
	}
}

func follow(agents ...string) func(*desk.Ticket) {
	return func(t *desk.Ticket) { t.Followers = agents }
}

func resolvedFor(agents ...string) func(*desk.Ticket) {
	return func(t *desk.Ticket) { t.Status, t.Followers = desk.StatusResolved, agents }
}

func told(hs []notify.Happening, t desk.Ticket) []string {
	var out []string
	for _, h := range hs {
		for _, n := range notify.Notices(h, t, people, robots, at) {
			if n.Robot != "" {
				out = append(out, "#"+n.Robot)
				continue
			}
			out = append(out, n.Agent)
		}
	}
	return out
}

// A subscription that gave up tells admins; one switched off by hand tells nobody.
func TestOff(t *testing.T) {
	s := desk.HookStanding{Hook: "erp", Disabled: true, Why: "hook.off_failing", At: at, By: desk.Actor{Kind: desk.ByDesk}}
	h, ok := notify.OffByItself(s)
	require.True(t, ok)
	require.Equal(t, []string{"root", "#ops"}, told([]notify.Happening{h}, desk.Ticket{}))
	s.By = by("li")
	_, ok = notify.OffByItself(s)
	require.False(t, ok)
}

// Quiet hours keep mail back, in the agent's own time; what is urgent passes.
func TestQuiet(t *testing.T) {
	night, err := notify.ParseQuiet("22:00-08:00")
	require.NoError(t, err)
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	h := notify.Happened(row(desk.FromCustomer, desk.Actor{}), rules)[0]
	ticket := desk.Ticket{Status: desk.StatusOpen, Assignee: "amy"}
	for _, c := range []struct {
		now  string
		zone *time.Location
		urg  []notify.Kind
		mail bool
	}{
		{"21:59", nil, nil, true}, {"22:00", nil, nil, false}, {"07:59", nil, nil, false}, {"08:00", nil, nil, true},
		{"23:00", nil, []notify.Kind{notify.Reply}, true}, {"14:00", shanghai, nil, false}, {"23:00", nil, []notify.Kind{notify.Breach}, false},
	} {
		now, err := time.Parse("15:04", c.now)
		require.NoError(t, err)
		p := notify.Person{ID: "amy", Rules: notify.Rules{Mail: []notify.Kind{notify.Reply}, Quiet: []notify.Quiet{night}, Zone: c.zone, Urgent: c.urg}}
		got := notify.Notices(h, ticket, []notify.Person{p}, nil, now)
		require.Len(t, got, 1)
		require.Equal(t, c.mail, got[0].Mail, "%+v", c)
		require.Equal(t, c.mail, got[0].Later.IsZero(), "what isn't mailed now is later: %+v", c)
		p.Rules.Muted = []notify.Kind{notify.Reply}
		require.Empty(t, notify.Notices(h, ticket, []notify.Person{p}, nil, now))
	}
	for _, bad := range []string{"", "22:00", "22-08", "25:00-08:00", "08:00-08:00"} {
		_, err := notify.ParseQuiet(bad)
		require.ErrorIs(t, err, notify.ErrQuiet, bad)
	}
}

// Whatever happens: nobody is told twice, nobody of what they did, nobody of what they
// muted, and only those whom it concerns.
func TestNobodyIsBothered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"", "amy", "li", "max", "root"}
		h := notify.Happening{
			Kind: rapid.SampledFrom(notify.Kinds).Draw(t, "kind"), At: at, By: by(rapid.SampledFrom(names).Draw(t, "by")),
			To: rapid.SampledFrom(names).Draw(t, "to"),
		}
		ticket := desk.Ticket{
			Status: rapid.SampledFrom(desk.Statuses).Draw(t, "status"), Team: rapid.SampledFrom([]string{"support", "sales", ""}).Draw(t, "team"),
			Assignee: rapid.SampledFrom(names).Draw(t, "assignee"), Opened: at.Add(-time.Minute),
		}
		all := append([]notify.Person{}, people...)
		muter := rapid.IntRange(0, len(all)-1).Draw(t, "muter")
		all[muter].Rules.Muted = []notify.Kind{h.Kind}
		seen := map[notify.Notice]bool{}
		for _, n := range notify.Notices(h, ticket, all, robots, at) {
			require.False(t, seen[n])
			seen[n] = true
			require.NotEqual(t, n.Agent == "", n.Robot == "")
			if n.Agent != "" {
				require.NotEqual(t, h.By.ID, n.Agent)
				require.NotEqual(t, all[muter].ID, n.Agent)
				require.False(t, n.Mail, "nobody asked for mail")
			}
		}
		require.False(t, ticket.Status == desk.StatusSpam && h.Kind != notify.HookOff && len(seen) > 0)
	})
}
