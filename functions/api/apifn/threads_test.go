package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// Tickets are merged and parted, marked as spam and not, their senders blocked and not.
func TestMergeAndSpam(t *testing.T) {
	b := newBench(t)
	one, two := b.receive(desk.WeChat, "1", "hello"), b.receive(desk.SMS, "2", "hello")
	at := "/v1/tickets/" + one
	b.do("POST", at+"/merge", `{"into":"nonsense"}`).names(422, "into")
	b.do("POST", at+"/merge", `{"into":"`+one+`"}`).names(422, "into")
	b.do("POST", at+"/merge", `{"into":"`+two+`"}`).names(422, "into")
	b.do("POST", at+"/unmerge", "").is(409)

	require.Equal(t, "spam", b.do("POST", at+"/spam", `{"block":true}`).is(200).json()["status"])
	require.Equal(t, "new", b.do("POST", at+"/not-spam", "").is(200).json()["status"])
	b.do("POST", at+"/block", "").is(200)
	b.do("POST", at+"/unblock", "").is(200)
}

// Messages are split off into a ticket of their own, which is the answer.
func TestSplit(t *testing.T) {
	b := newBench(t)
	one := b.receive(desk.SMS, "1", "hello")
	at := "/v1/tickets/" + one
	list := b.do("GET", at+"/messages", "").is(200).json()["items"].([]any)
	msg := list[0].(map[string]any)["id"].(string)
	b.do("POST", at+"/split", `{"message_ids":[]}`).names(422, "message_ids")
	b.do("POST", at+"/split", `{"message_ids":["x"]}`).names(422, "message_ids")
	made := b.do("POST", at+"/split", `{"message_ids":["`+msg+`"],"subject":"Other"}`).is(200).json()
	require.Equal(t, "Other", made["subject"])
	require.NotEqual(t, one, made["number"])
	b.do("GET", at+"/messages", "").is(200)
	b.do("GET", "/v1/tickets/"+made["number"].(string)+"/messages", "").is(200)
}
