package channeltest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

func checkSpec(t T, s Spec) {
	require.NotNil(t, s.New)
	require.NotEmpty(t, s.Fixtures, "a channel without a good call proves nothing")
	if len(s.Signature) == 0 {
		require.NotEmpty(t, s.Unsigned, "no Signature: Unsigned must say why")
	} else {
		require.NotNil(t, s.Sign, "a signed protocol needs an independent signer")
		require.NotEmpty(t, s.Next, "a signed protocol needs a second set of secrets")
	}
	for _, u := range s.Uncovered {
		require.NotEmpty(t, u.Why, "%s is not covered: say why", u.Name)
	}
}

func checkEmptySecret(t T, s Spec) {
	for field := range s.Secrets {
		for what, values := range map[string][]string{"none": nil, "an empty one": {""}, "an empty second one": {s.Secrets[field], ""}} {
			a := Account(s.Settings, At, s.Secrets)
			all := a.Secret
			a.Secret = func(name string) ([]string, error) {
				if name == field {
					return values, nil
				}
				return all(name)
			}
			_, err := s.New(a)
			require.Error(t, err, "secret %s: %s was accepted", field, what)
		}
		a := Account(s.Settings, At, without(s.Secrets, field))
		_, err := s.New(a)
		require.Error(t, err, "secret %s: its absence was accepted", field)
	}
}

func without(m map[string]string, key string) map[string]string {
	m = maps.Clone(m)
	delete(m, key)
	return m
}

func checkBadSettings(t T, s Spec) {
	for _, bad := range append([]string{"{", "[]", `"text"`}, s.BadSettings...) {
		_, err := s.New(Account(bad, At, s.Secrets))
		require.Error(t, err, "settings %s", bad)
	}
}

// refused asks for ErrUnauthentic: what a forger did can't be mended by its sender.
func (s Spec) refused(t T, f Fixture, r channel.Request, what string) {
	_, _, err := s.verify(t, f, r)
	require.ErrorIs(t, err, channel.ErrUnauthentic, "%s: %s", f.Name, what)
}

// wholeFlips is how many fixtures have every byte of their content flipped; of the
// others it is every eighth, each beginning at another place, to keep the suite quick.
const wholeFlips = 6

func checkFlips(t T, s Spec) {
	nth := 0
	s.each(func(f Fixture, r channel.Request) {
		c, start, step := s.open(t, f, r.At), 0, 1
		if nth++; nth > wholeFlips {
			start, step = nth%8, 8
		}
		for _, p := range s.Signature {
			s.flips(t, c, f, r, p, 0, 1)
		}
		for _, p := range s.Covered {
			s.flips(t, c, f, r, p, start, step)
		}
	})
	for _, p := range slices.Concat(s.Signature, s.Covered) {
		require.True(t, s.seen(p), "%s stands in no fixture: nothing was flipped", p.Name)
	}
}

func (s Spec) flips(t T, c channel.Channel, f Fixture, r channel.Request, p Part, start, step int) {
	for i := start; i < len(p.Get(r)); i += step {
		_, err := s.try(t, c, f, p.flip(r, i))
		require.ErrorIs(t, err, channel.ErrUnauthentic, "%s: %s: a flipped byte was accepted", f.Name, p.Name)
	}
}

func (s Spec) seen(p Part) (found bool) {
	s.each(func(_ Fixture, r channel.Request) { found = found || len(p.Get(r)) > 0 })
	return found
}

func checkUncovered(t T, s Spec) {
	for _, u := range s.Uncovered {
		accepted := false
		s.each(func(f Fixture, r channel.Request) {
			c := s.open(t, f, r.At)
			for i := 0; i < len(u.Get(r)) && !accepted; i++ {
				_, err := s.try(t, c, f, u.flip(r, i))
				accepted = err == nil
			}
		})
		require.True(t, accepted, "%s is said to be uncovered, but no change of it was accepted", u.Name)
	}
}

func checkMissing(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		for _, p := range s.Signature {
			if len(p.Get(r)) == 0 {
				continue
			}
			s.refused(t, f, p.Set(r, nil), p.Name+": accepted when empty")
			if p.Remove != nil {
				s.refused(t, f, p.Remove(r), p.Name+": accepted when missing")
			}
		}
	})
}

// Two values for one name let a proxy and the desk read different ones.
func checkRepeated(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		for _, p := range s.Signature {
			good := string(p.Get(r))
			if p.Repeat == nil || good == "" {
				continue
			}
			s.refused(t, f, p.Repeat(r, "0"), p.Name+": accepted with a second value")
			s.refused(t, f, p.Repeat(p.Set(r, []byte("0")), good), p.Name+": accepted as the second value")
		}
	})
}

func checkStale(t T, s Spec) {
	if s.MaxAge == 0 {
		return
	}
	s.each(func(f Fixture, r channel.Request) {
		at := r.At
		for _, d := range []time.Duration{s.MaxAge + time.Second, -s.MaxAge - time.Second} {
			r.At = at.Add(d)
			s.refused(t, f, r, "accepted "+d.String()+" off its time")
		}
		r.At = at.Add(s.MaxAge - time.Second)
		_, _, err := s.verify(t, f, r)
		require.NoError(t, err, "%s: refused within the time allowed", f.Name)
	})
}

func checkRotation(t T, s Spec) {
	if len(s.Next) == 0 {
		return
	}
	s.each(func(f Fixture, r channel.Request) {
		if f.Signed {
			return
		}
		next := s.Sign(f.Request, s.Next)
		for _, order := range [][]map[string]string{{f.Secrets, s.Next}, {s.Next, f.Secrets}} {
			c, err := s.New(Account(f.Settings, r.At, order...))
			require.NoError(t, err, f.Name)
			for _, call := range []channel.Request{r, next} {
				_, err = c.Verify(context.Background(), call)
				require.NoError(t, err, "%s: with two secrets, one was not taken", f.Name)
			}
		}
		if len(s.Signature) > 0 {
			s.refused(t, f, next, "a call signed with a secret that isn't valid was accepted")
		}
	})
}

func checkShadow(t T, s Spec) {
	if !s.Shadow {
		return
	}
	s.each(func(f Fixture, r channel.Request) {
		shadowed := f
		shadowed.Settings = withShadow(t, f.Settings)
		_, v, err := s.verify(t, shadowed, r)
		require.NoError(t, err, f.Name)
		require.Empty(t, v.Shadow, "%s: a good call has nothing to explain", f.Name)
		for _, p := range s.Signature {
			if len(p.Get(r)) == 0 {
				continue
			}
			c, v, err := s.verify(t, shadowed, p.flip(r, 0))
			require.NoError(t, err, "%s: %s flipped: shadow mode refused", f.Name, p.Name)
			require.NotEmpty(t, v.Shadow, "%s: %s flipped: shadow mode didn't say why", f.Name, p.Name)
			s.silent(t, f, v.Shadow)
			es, err := c.Envelopes(v)
			require.NoError(t, err, f.Name)
			for _, e := range es {
				require.Equal(t, v.Shadow, e.Shadow, "%s: the envelope forgot the shadow", f.Name)
			}
		}
	})
}

func withShadow(t T, settings string) string {
	m := map[string]any{}
	if settings != "" {
		require.NoError(t, json.Unmarshal([]byte(settings), &m))
	}
	m["shadow"] = true
	b, err := json.Marshal(m)
	require.NoError(t, err)
	return string(b)
}
