package ssm

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"
)

// fakeAPI plays Parameter Store: one parameter a page.
type fakeAPI struct {
	t      *testing.T
	params [][2]string
	err    error
	calls  int
}

func (f *fakeAPI) GetParametersByPath(_ context.Context, in *ssm.GetParametersByPathInput, _ ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error) {
	f.calls++
	if f.err != nil {
		return nil, f.err
	}
	require.Equal(f.t, "/deskhook/prod/", *in.Path)
	require.True(f.t, *in.Recursive)
	require.True(f.t, *in.WithDecryption)
	i := len(aws.ToString(in.NextToken))
	out := &ssm.GetParametersByPathOutput{Parameters: []types.Parameter{{Name: aws.String(f.params[i][0]), Value: aws.String(f.params[i][1])}}}
	if i+1 < len(f.params) {
		out.NextToken = aws.String("xxxxxxxxxx"[:i+1])
	}
	return out, nil
}

func TestLookup(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f := &fakeAPI{t: t, params: [][2]string{{"/deskhook/prod/wechat/main/token", "a"}, {"/deskhook/prod/wechat/main/token/previous", "b"}}}
	l := newStore(f, "/deskhook/prod", func() time.Time { return now }).lookup

	f.err = errors.New("away")
	_, _, err := l("wechat/main/token")
	require.ErrorIs(t, err, f.err)

	f.err, f.calls = nil, 0
	v, ok, err := l("wechat/main/token")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "a", v)
	v, _, _ = l("wechat/main/token/previous")
	require.Equal(t, "b", v)
	_, ok, err = l("sms/main/auth_token")
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, 2, f.calls, "both pages once, then kept")

	f.params[0][1] = "c" // rotated: taken up when the time is over
	now = now.Add(KeepFor)
	v, _, _ = l("wechat/main/token")
	require.Equal(t, "c", v)

	f.err = errors.New("away") // an outage doesn't stop receiving
	now = now.Add(KeepFor)
	before := f.calls
	for range 3 {
		v, ok, err = l("wechat/main/token")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "c", v)
	}
	require.Equal(t, before+1, f.calls)
}
