package wechat

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

// Tencent requires that who unfollows is erased; an operator may decide otherwise.
func TestWhoLeavesIsToBeErased(t *testing.T) {
	event := func(name string) channel.Envelope {
		return channel.Envelope{Account: "main", Body: []byte("<xml><FromUserName>o1</FromUserName><CreateTime>1700000000</CreateTime><MsgType>event</MsgType><Event>" + name + "</Event></xml>")}
	}
	for own, want := range map[string]bool{`{}`: true, ``: true, `{"on_unsubscribe":"erase"}`: true, `{"on_unsubscribe":"keep"}`: false} {
		ins, err := ParseOf(json.RawMessage(own), event("unsubscribe"))
		require.NoError(t, err)
		require.Equal(t, want, ins[0].Erase, own)
	}
	ins, err := ParseOf(nil, event("subscribe"))
	require.NoError(t, err)
	require.False(t, ins[0].Erase)
}
