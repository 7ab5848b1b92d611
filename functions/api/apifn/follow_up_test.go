package apifn_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

func TestFollowUp(t *testing.T) {
	b := newBench(t)
	at := "/v1/tickets/" + b.receive(desk.WeChat, "1", "hello") + "/follow-up"
	when := b.now.Add(48 * time.Hour).UTC().Format(time.RFC3339)
	b.do("POST", at, `{"at":"2020-01-01T00:00:00Z","note":"x"}`).names(422, "at")
	b.do("POST", at, `{"at":"`+when+`","note":" "}`).names(422, "note")
	got := b.do("POST", at, `{"at":"`+when+`","note":"ask the depot"}`).is(200).json()["follow_up"].(map[string]any)
	require.Equal(t, "ask the depot", got["note"])
	require.Nil(t, b.do("DELETE", at, "").is(200).json()["follow_up"])
	b.do("DELETE", at, "").is(200)
}
