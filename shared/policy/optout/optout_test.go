package optout_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/optout"
)

var (
	at    = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	agent = desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}
)

func TestWhoMay(t *testing.T) {
	on := func(c desk.Channel, change ...func(*desk.Identity)) desk.Identity {
		id := desk.Identity{Address: desk.Address{Channel: c, ID: "x"}}
		for _, do := range change {
			do(&id)
		}
		return id
	}
	theirs := func(id *desk.Identity) { id.Opt(true, at) }
	ours := func(id *desk.Identity) {
		optout.Set(id, optout.Messages, true, desk.Opted{At: at, By: agent, Why: "on the phone"})
	}
	quiet := func(id *desk.Identity) { id.NoSurvey = true }
	for name, c := range map[string]struct {
		id        desk.Identity
		kind      optout.Kind
		out, lead bool
		want      optout.Why
	}{
		"anybody notes a wish to stop":           {on(desk.SMS), optout.Messages, true, false, optout.Fine},
		"of surveys, too":                        {on(desk.WeChat), optout.Surveys, true, false, optout.Fine},
		"what stands is not noted again":         {on(desk.SMS, theirs), optout.Messages, true, true, optout.Same},
		"who never opted out is in":              {on(desk.SMS), optout.Messages, false, true, optout.Same},
		"an agent's word is lifted by another":   {on(desk.SMS, ours), optout.Messages, false, false, optout.Fine},
		"STOP at the carrier stands":             {on(desk.SMS, theirs), optout.Messages, false, true, optout.AtCarrier},
		"STOP after an agent's word is theirs":   {on(desk.SMS, ours, theirs), optout.Messages, false, true, optout.AtCarrier},
		"a customer's word by mail: no agent":    {on(desk.Email, theirs), optout.Messages, false, false, optout.TheirWord},
		"a customer's word by mail: a lead":      {on(desk.Email, theirs), optout.Messages, false, true, optout.Fine},
		"unsubscribed from surveys: no agent":    {on(desk.SMS, quiet), optout.Surveys, false, false, optout.TheirWord},
		"unsubscribed from surveys by SMS: lead": {on(desk.SMS, quiet), optout.Surveys, false, true, optout.Fine},
		"a form has nothing to stop":             {on(desk.WebForm), optout.Messages, true, true, optout.NoSuch},
	} {
		require.Equal(t, c.want, optout.May(c.id, c.kind, c.out, c.lead), name)
	}
}

// Whatever was said before, what the desk sets is what stands, one kind leaves the other
// alone, and the customer's later word wins; an earlier one doesn't.
func TestLastWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id, now := desk.Identity{Address: desk.Address{Channel: desk.SMS}}, at
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Minute)
			k := rapid.SampledFrom(optout.Kinds).Draw(t, "kind")
			out := rapid.Bool().Draw(t, "out")
			other := optout.Of(id, map[optout.Kind]optout.Kind{optout.Messages: optout.Surveys, optout.Surveys: optout.Messages}[k])
			if k == optout.Messages && rapid.Bool().Draw(t, "theirs") {
				require.False(t, id.Opt(!out, now.Add(-time.Hour)) && !id.OutAt.Before(now), "an old word")
				require.True(t, id.Opt(out, now))
				require.Equal(t, optout.Standing{Out: out, Opted: desk.Opted{At: now}}, optout.Of(id, k))
				continue
			}
			optout.Set(&id, k, out, desk.Opted{At: now, By: agent, Why: "said so"})
			require.Equal(t, optout.Standing{Out: out, Opted: desk.Opted{At: now, By: agent, Why: "said so"}}, optout.Of(id, k))
			require.Equal(t, other, optout.Of(id, map[optout.Kind]optout.Kind{optout.Messages: optout.Surveys, optout.Surveys: optout.Messages}[k]))
		}
	})
}
