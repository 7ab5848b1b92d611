package channeltest

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// The keys hold whatever the content is; the inbounds only where it was understood.
func checkEnvelope(t T, c channel.Channel, f Fixture, r channel.Request, e channel.Envelope) {
	require.Equal(t, c.Name(), e.Channel, f.Name)
	require.Equal(t, AccountName, e.Account, f.Name)
	require.NotEmpty(t, e.Order, "%s: no order key", f.Name)
	require.NotEmpty(t, e.Dedup, "%s: no dedup key", f.Name)
	require.True(t, r.At.Equal(e.At), "%s: the stamp is not the receiver's", f.Name)
}

func checkInbound(t T, c channel.Channel, f Fixture, in desk.Inbound) {
	require.NotEmpty(t, in.Kind, f.Name)
	require.NotEmpty(t, in.ID, "%s: no id", f.Name)
	require.Equal(t, c.Name(), in.From.Channel, "%s: whose address?", f.Name)
	if in.Kind == desk.InReceipt || in.Kind == desk.InBounce {
		require.NotNil(t, in.Receipt, "%s: a receipt of what?", f.Name)
		return
	}
	require.NotEmpty(t, in.From.ID, "%s: from nobody", f.Name)
}

func checkRepeat(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		_, first := s.envelopes(t, f, r)
		again := r
		if !f.Signed && s.Sign != nil { // providers may sign each try anew
			again = s.Sign(f.Request, f.Secrets)
		}
		again.At = r.At.Add(5 * time.Second)
		if s.MaxAge > 0 && s.MaxAge <= 5*time.Second {
			again.At = r.At
		}
		_, second := s.envelopes(t, f, again)
		require.Len(t, second, len(first), f.Name)
		for i := range first {
			require.Equal(t, first[i].Order, second[i].Order, "%s: order key", f.Name)
			require.Equal(t, first[i].Dedup, second[i].Dedup, "%s: dedup key", f.Name)
		}
	})
}

func checkTravel(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		c, es := s.envelopes(t, f, r)
		for _, e := range es {
			want, wantErr := c.Parse(e)
			b, err := json.Marshal(e)
			require.NoError(t, err, f.Name)
			var after channel.Envelope
			require.NoError(t, json.Unmarshal(b, &after), f.Name)
			after.Content = e.Content
			body := bytes.Clone(after.Body)
			got, gotErr := c.Parse(after)
			require.Equal(t, want, got, "%s: parsed differently a second time", f.Name)
			require.Equal(t, wantErr == nil, gotErr == nil, f.Name)
			require.Equal(t, body, after.Body, "%s: Parse changed the envelope", f.Name)
		}
	})
}

func checkUnknown(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		if f.Unknown == "" {
			return
		}
		c, es := s.envelopes(t, f, r)
		require.Len(t, es, 1, f.Name)
		ins, err := c.Parse(es[0])
		require.NoError(t, err, "%s: an unknown type is not an error", f.Name)
		require.Len(t, ins, 1, f.Name)
		require.Equal(t, f.Unknown, ins[0].Type, f.Name)
	})
}

func checkUnreadable(t T, s Spec) {
	s.each(func(f Fixture, r channel.Request) {
		if !f.Unreadable {
			return
		}
		c, es := s.envelopes(t, f, r)
		require.Len(t, es, 1, "%s: what can't be read is one envelope", f.Name)
		checkEnvelope(t, c, f, r, es[0])
		_, err := c.Parse(es[0])
		require.ErrorIs(t, err, channel.ErrUnreadable, f.Name)
		s.silent(t, f, err.Error())
	})
}

// checkMangled cuts and spoils every good body, behind a good signature where the
// suite can sign, and hands the pieces to Envelopes and Parse.
func checkMangled(t T, s Spec) {
	for _, fixture := range s.Fixtures {
		r, f := s.call(fixture)
		c, es := s.envelopes(t, f, r)
		for _, e := range es {
			for _, body := range mangled(e.Body) {
				e.Body = body
				s.parse(t, c, f, e)
			}
			for _, content := range mangled(f.Content) {
				e.Content = content
				s.parse(t, c, f, e)
			}
		}
		if f.Signed || s.Sign == nil {
			continue
		}
		for _, body := range mangled(f.Request.Body) {
			bad := f.Request
			bad.Body = body
			s.cut(t, c, f, s.Sign(bad, f.Secrets))
		}
	}
}

func (s Spec) parse(t T, c channel.Channel, f Fixture, e channel.Envelope) {
	if _, err := c.Parse(e); err != nil {
		require.ErrorIs(t, err, channel.ErrUnreadable, f.Name)
		s.silent(t, f, err.Error())
	}
}

func (s Spec) cut(t T, c channel.Channel, f Fixture, r channel.Request) {
	v, err := s.try(t, c, f, r)
	if err != nil {
		return // the proof itself stood in what was spoilt
	}
	es, err := c.Envelopes(v)
	require.NoError(t, err, "%s: Envelopes failed on content", f.Name)
	require.NotEmpty(t, es, "%s: a verified body was lost", f.Name)
	for _, e := range es {
		checkEnvelope(t, c, f, r, e)
	}
}

// mangled gives b cut short and with bytes replaced, at up to 50 places.
func mangled(b []byte) [][]byte {
	if len(b) == 0 {
		return nil
	}
	out := [][]byte{{}, []byte("\x00"), []byte("{}"), []byte("<xml></xml>"), bytes.Repeat([]byte("<a>"), 5000)}
	step := len(b)/50 + 1
	for i := 0; i < len(b); i += step {
		out = append(out, b[:i])
		for _, c := range []byte{0, '<', '&', '"', 0xff} {
			m := bytes.Clone(b)
			m[i] = c
			out = append(out, m)
		}
	}
	return out
}
