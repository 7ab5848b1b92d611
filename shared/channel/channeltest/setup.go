package channeltest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

// AccountName is the name of the account that the suite makes channels with.
const AccountName = "main"

// At is when the suite's calls are received, unless a fixture says otherwise.
var At = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

// Account is an account for tests: secrets are given for each field, the current one
// first; a field that is not named has none.
func Account(settings string, now time.Time, secrets ...map[string]string) channel.Account {
	if settings == "" {
		settings = "{}"
	}
	return channel.Account{
		Name:      AccountName,
		Settings:  json.RawMessage(settings),
		PublicURL: "https://desk.example.com",
		Now:       func() time.Time { return now },
		Secret: func(field string) ([]string, error) {
			var v []string
			for _, set := range secrets {
				if s, ok := set[field]; ok {
					v = append(v, s)
				}
			}
			if v == nil {
				return nil, errors.New("channeltest: no secret " + field)
			}
			return v, nil
		},
	}
}

// call is a fixture made ready: settings, secrets and time filled in, and signed.
func (s Spec) call(f Fixture) (channel.Request, Fixture) {
	if f.Settings == "" {
		f.Settings = s.Settings
	}
	if f.Secrets == nil {
		f.Secrets = s.Secrets
	}
	if f.Request.At.IsZero() {
		f.Request.At = At
	}
	if f.Signed || s.Sign == nil {
		return f.Request, f
	}
	return s.Sign(f.Request, f.Secrets), f
}

// open makes the channel a fixture is for.
func (s Spec) open(t T, f Fixture, now time.Time) channel.Channel {
	c, err := s.New(Account(f.Settings, now, f.Secrets))
	require.NoError(t, err, f.Name)
	return c
}

// verify calls Verify with the clock at the call's own time.
func (s Spec) verify(t T, f Fixture, r channel.Request) (channel.Channel, channel.Verified, error) {
	c := s.open(t, f, r.At)
	v, err := s.try(t, c, f, r)
	return c, v, err
}

// try calls Verify and checks what must hold of any error: which one it is, and that
// its text gives nothing away.
func (s Spec) try(t T, c channel.Channel, f Fixture, r channel.Request) (channel.Verified, error) {
	v, err := c.Verify(context.Background(), r)
	if err != nil {
		require.True(t, errors.Is(err, channel.ErrUnauthentic) || errors.Is(err, channel.ErrRefused),
			"%s: Verify's error wraps neither ErrUnauthentic nor ErrRefused: %v", f.Name, err)
		s.silent(t, f, err.Error())
	}
	return v, err
}

// envelopes verifies and cuts a good call.
func (s Spec) envelopes(t T, f Fixture, r channel.Request) (channel.Channel, []channel.Envelope) {
	c, v, err := s.verify(t, f, r)
	require.NoError(t, err, "%s: a good call was refused", f.Name)
	es, err := c.Envelopes(v)
	require.NoError(t, err, f.Name)
	require.NotEmpty(t, es, "%s: no envelope", f.Name)
	for i := range es {
		es[i].Content = f.Content
	}
	return c, es
}

func (s Spec) silent(t T, f Fixture, text string) {
	for field, v := range f.Secrets {
		require.False(t, strings.Contains(text, v), "%s: an error's text holds the secret %s", f.Name, field)
	}
	for _, p := range f.Private {
		require.False(t, strings.Contains(text, p), "%s: an error's text holds the customer's words", f.Name)
	}
}

// each runs over the fixtures, made ready.
func (s Spec) each(run func(f Fixture, r channel.Request)) {
	for _, f := range s.Fixtures {
		r, f := s.call(f)
		run(f, r)
	}
}
