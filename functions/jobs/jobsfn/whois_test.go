package jobsfn_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/work"
)

// tencent tells who somebody is, or fails.
type tencent struct {
	calls int
	union string
	fail  error
}

func (f *tencent) WhoIs(context.Context, string) (channel.Person, error) {
	f.calls++
	return channel.Person{Union: f.union}, f.fail
}

func (f *follower) known() desk.Identity {
	row, err := f.rows.Identity(f.t.Context(), who)
	require.NoError(f.t, err)
	return row.Value
}

// whois hands the function the job and says whether it came back.
func (f *follower) whois() bool { return f.run(work.JobWhoIs, work.WhoIs{Address: who}, 1) }

// An address is looked up once, however often the job comes; what passes is tried again,
// what doesn't is noted; who left loses it, and who comes back is asked for anew.
func TestWhoIs(t *testing.T) {
	f := newFollower(t)
	far := &tencent{fail: desk.Errorf(desk.Throttled, "quota")}
	f.h.Desk = f.desk
	f.h.WhoIs = func(context.Context, desk.Channel, string) (channel.WhoIs, error) { return far, f.lost }
	require.False(t, f.whois(), "nobody asks")
	require.Zero(t, far.calls)

	come := func() { f.tell(desk.Inbound{Kind: desk.InEvent, Type: "subscribe", LookUp: true}) }
	come()
	require.True(t, f.whois())
	require.False(t, f.known().Look.IsZero())
	far.fail = desk.Errorf(desk.NotFound, "48001")
	require.False(t, f.whois())
	require.True(t, f.known().Look.IsZero())
	require.False(t, f.known().Proven)

	f.now = f.now.Add(31 * 24 * time.Hour)
	come()
	far.fail, far.union, far.calls = nil, "TELLTALE-union", 0
	require.False(t, f.whois())
	require.False(t, f.whois())
	require.Equal(t, 1, far.calls)
	require.True(t, f.known().Proven)

	f.leave()
	f.erase()
	require.Empty(t, f.telling())
	owners, err := f.rows.Owners(t.Context(), desk.Attested{Kind: desk.AttestedUnion, ID: far.union})
	require.NoError(t, err)
	require.False(t, owners[0].Exists())
	come()
	require.False(t, f.known().Look.IsZero())
	f.lost = desk.Errorf(desk.NotFound, "no such account")
	require.False(t, f.whois())
	require.Equal(t, 1, far.calls)
	require.True(t, f.known().Look.IsZero())
}
