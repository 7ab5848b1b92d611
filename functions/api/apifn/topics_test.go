package apifn_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A wish is taken up with others, let go, taken up again, and done; who asked is told.
func TestTopics(t *testing.T) {
	b := newBench(t)
	var ids []string
	for _, who := range []string{"+15005550001", "+15005550002"} {
		number := b.receive(desk.SMS, who, "dark mode please")
		m := b.do("GET", "/v1/tickets/"+number+"/messages", "").is(200).items()[0].(map[string]any)["id"].(string)
		b.do("PUT", "/v1/tickets/"+number+"/messages/"+m+"/mark", `{"type":"suggestion"}`).is(200)
	}
	for _, x := range b.do("GET", "/v1/feedback?type=suggestion", "").is(200).items() {
		ids = append(ids, x.(map[string]any)["id"].(string))
	}
	require.Len(t, ids, 2)
	b.do("PUT", "/v1/feedback/"+ids[0]+"/topic", `{}`).is(422)
	b.do("PUT", "/v1/feedback/none/topic", `{"title":"x"}`).is(404)
	topic := b.do("PUT", "/v1/feedback/"+ids[0]+"/topic", `{"title":"Dark mode"}`).is(200).json()["topic_id"].(string)
	b.do("PUT", "/v1/feedback/"+ids[1]+"/topic", `{"topic_id":"none"}`).is(422)
	b.do("PUT", "/v1/feedback/"+ids[1]+"/topic", `{"topic_id":"`+topic+`"}`).is(200)
	b.do("PUT", "/v1/feedback/"+ids[1]+"/topic", `{"title":"Other"}`).is(409)
	require.Nil(t, b.do("DELETE", "/v1/feedback/"+ids[1]+"/topic", "").is(200).json()["topic_id"])
	b.do("PUT", "/v1/feedback/"+ids[1]+"/topic", `{"topic_id":"`+topic+`"}`).is(200)

	require.Len(t, b.do("GET", "/v1/topics", "").is(200).items(), 1)
	require.Empty(t, b.do("GET", "/v1/topics?state=done", "").is(200).items())
	b.do("GET", "/v1/topics?state=lost", "").names(400, "state")
	require.Len(t, b.do("GET", "/v1/topics/"+topic+"/feedback", "").is(200).items(), 2)
	b.do("GET", "/v1/topics/none", "").is(404)
	b.do("GET", "/v1/topics/none/feedback", "").is(404)
	b.do("POST", "/v1/topics/none/done", `{"text":{}}`).is(404)
	b.do("POST", "/v1/topics/"+topic+"/done", `{"text":{"de":"fertig"}}`).is(422)
	b.do("POST", "/v1/topics/"+topic+"/done", `{"text":{}}`).is(422)
	done := b.do("POST", "/v1/topics/"+topic+"/done", `{"text":{"zh-CN":"好了","en":"Done."}}`).is(202).json()
	require.Equal(t, true, done["telling"])
	b.do("POST", "/v1/topics/"+topic+"/done", `{"text":{"zh-CN":"别的","en":"Other"}}`).is(409)

	row, err := b.desk.Store.Topic(t.Context(), desk.TopicID(topic))
	require.NoError(t, err)
	b.now = b.now.Add(time.Minute)
	require.NoError(t, b.desk.FireTopic(t.Context(), row.Value.ID, row.Value.Gen, b.now))
	got := b.do("GET", "/v1/topics/"+topic, "").is(200).json()
	require.Equal(t, []any{"done", false}, []any{got["state"], got["telling"]})
	require.EqualValues(t, "2", got["told"])
	b.do("DELETE", "/v1/feedback/"+ids[1]+"/topic", "").is(409)
}
