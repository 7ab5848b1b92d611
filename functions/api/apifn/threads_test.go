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
