package apifn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A survey is asked by the API once for each key, is answered, and reads with its
// questions and all its answers; zero and ranges are told.
func TestSurveys(t *testing.T) {
	b := newBench(t)
	defs := b.do("GET", "/v1/surveys", "").is(200).items()
	require.Equal(t, "csat", defs[0].(map[string]any)["id"])
	number := b.receive(desk.SMS, "+15005550009", "hello")
	path := "/v1/tickets/" + number + "/surveys"
	b.do("POST", path, `{"survey":"nps"}`).is(422)
	b.do("POST", path, `{"survey":""}`).is(422)
	b.do("POST", path, `{"name":"csat"}`).is(422)
	b.do("POST", "/v1/tickets/DH-0000-00/surveys", `{"survey":"csat"}`).is(404)
	planned := b.do("POST", path, `{"survey":"csat"}`, "Idempotency-Key", "k").is(202).json()
	again := b.do("POST", path, `{"survey":"csat"}`, "Idempotency-Key", "k").is(202).json()
	require.Equal(t, planned["id"], again["id"])
	require.Equal(t, "planned", planned["state"])
	require.Nil(t, planned["asked_at"])

	id := desk.SurveyID(planned["id"].(string))
	row, err := b.desk.Store.Survey(t.Context(), id)
	require.NoError(t, err)
	b.now = row.Value.Due
	require.NoError(t, b.desk.FireSurvey(t.Context(), id, row.Value.Gen, b.now, nil))
	b.now = b.now.Add(time.Minute)
	for _, n := range []int{2, 4} {
		_, err = b.desk.Answer(t.Context(), id, desk.Score{Value: n, Comment: "好", At: b.now, By: desk.SMS})
		require.NoError(t, err)
	}
	v := b.do("GET", "/v1/surveys/"+string(id), "").is(200).json()
	require.Equal(t, "answered", v["state"])
	require.NotEmpty(t, v["version"])
	answers := v["answers"].([]any)
	require.Len(t, answers, 2)
	require.Equal(t, "4", fmt.Sprint(answers[1].(map[string]any)["score"]))
	b.do("GET", "/v1/surveys/none", "").is(404)
	b.do("GET", "/v1/surveys?x=1", "").is(400)
}
