package apifn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// aCall is a good call of an operation: what stands in for the path's parameters besides
// those that the desk has, and the body.
type aCall struct {
	body string
	fill []string // of the path: what, with what
}

// keyless are writes that take no key, with the reason why twice is no harm.
var keyless = map[string]string{
	"previewMessage":        "writes nothing",
	"validateSettings":      "writes nothing",
	"diffSettings":          "writes nothing",
	"postUpload":            "signs an address: one that nobody uses expires",
	"importCustomers":       "the same file again finds its lines unchanged",
	"createExport":          "another file of the caller's own, which expires with the first",
	"finishTopic":           "the same words again change nothing, others are 409",
	"replayWebhookDelivery": "what is on its way is left alone, and the far side knows the event by its id",
	"replayWebhookDay":      "the same",
	"testWebhook":           "a test event changes nothing at the far side",
	"enableWebhook":         "it is on",
	"disableWebhook":        "it is off",
	"releaseQuarantined":    "what is released is 409",
	"dropQuarantined":       "what is dropped is 409",
	"redriveDeadLetters":    "only open ones are given to the queue",
	"redriveDeadLetter":     "what isn't open is 409",
	"dropDeadLetter":        "what isn't open is 409",
	"restoreSettings":       "If-Match is needed: the version has moved on",
	"postKey":               "its secret is shown once and kept nowhere: who didn't hear it deletes the key and makes another",
}

// TestEveryKeyIsHonoured: whatever takes an Idempotency-Key does twice what it was asked
// once, a while later too, and says so; what takes none has a reason.
func TestEveryKeyIsHonoured(t *testing.T) {
	for path, item := range spec(t).Paths.Map() {
		for method, op := range item.Operations() {
			name := op.OperationID
			key := keyOf(op)
			switch taking, ok := takers[name]; {
			case key == nil:
				require.False(t, ok, "%s: the document knows no key", name)
				require.True(t, method != "POST" || keyless[name] != "", "%s: why needs it no key?", name)
			case !ok:
				t.Errorf("%s: takers needs a call of it", name)
			default:
				require.Empty(t, keyless[name], name)
				t.Run(name, func(t *testing.T) { twice(t, method, path, key.Required, taking) })
			}
		}
	}
}

func keyOf(op *openapi3.Operation) *openapi3.Parameter {
	for _, p := range op.Parameters {
		if p.Value.Name == "Idempotency-Key" {
			return p.Value
		}
	}
	return nil
}

func twice(t *testing.T, method, path string, needed bool, taking func(*whole) aCall) {
	w := newWhole(t)
	call := taking(w)
	path = w.at(strings.NewReplacer(call.fill...).Replace(path))
	first := w.call(method, path, call.body, "Idempotency-Key", "k")
	require.Less(t, first.status, 300, "%s", first.body)
	require.Empty(t, first.header.Get("Idempotency-Replayed"))
	again := w.call(method, path, call.body, "Idempotency-Key", "k")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"), "%d %s", again.status, again.body)
	require.Equal(t, first.status, again.status)
	require.Equal(t, first.json(), again.json())
	require.Equal(t, first.header.Get("ETag"), again.header.Get("ETag"))
	require.Equal(t, needed, slices.Contains(faulty(w.call(method, path, call.body)), "Idempotency-Key"), "the document says whether it needs a key")
}

// takers are the operations that take a key.
var takers = map[string]func(*whole) aCall{
	"startTicket":    does(`{"channel":"sms","to":"+14155550101","text":"hello"}`),
	"createCustomer": does(`{"email":"ann@x.test"}`),
	"updateMany": func(w *whole) aCall {
		return aCall{body: fmt.Sprintf(`{"numbers":[%q],"ticket":{"priority":"high"}}`, w.number)}
	},
	"mergeTicket": func(w *whole) aCall { return aCall{body: fmt.Sprintf(`{"into":%q}`, w.called())} },
	"unmergeTicket": func(w *whole) aCall {
		w.call("POST", w.at("/v1/tickets/{number}/merge"), fmt.Sprintf(`{"into":%q}`, w.called())).is(200)
		return aCall{}
	},
	"splitTicket":    func(w *whole) aCall { return aCall{body: fmt.Sprintf(`{"message_ids":[%q]}`, w.message)} },
	"markSpam":       does(`{"block":true}`),
	"notSpam":        after("POST", "/v1/tickets/{number}/spam", `{"block":true}`, ""),
	"blockSender":    does(""),
	"unblockSender":  after("POST", "/v1/tickets/{number}/block", "", ""),
	"setFollowUp":    does(`{"at":"` + someday + `","note":"ask"}`),
	"dropFollowUp":   after("POST", "/v1/tickets/{number}/follow-up", `{"at":"`+someday+`","note":"ask"}`, ""),
	"openTask":       does(`{"team":"sales","text":"look"}`),
	"addFollower":    does(""),
	"removeFollower": after("PUT", "/v1/tickets/{number}/followers/{agent}", "", ""),
	"postMessage":    does(`{"text":"On its way."}`),
	"sendAgain":      func(w *whole) aCall { return aCall{fill: []string{"{id}", w.answered(desk.Uncertain)}} },
	"undoMessage":    func(w *whole) aCall { return aCall{fill: []string{"{id}", w.answered("")}} },
	"markMessage":    does(`{"type":"complaint"}`),
	"unmarkMessage": func(w *whole) aCall {
		w.call("DELETE", w.at("/v1/feedback/{id}/topic"), "").is(200)
		return aCall{}
	},
	"applyMacro":        does(""),
	"postSurvey":        does(`{"survey":"csat"}`),
	"acceptSuggestion":  (*whole).suggested,
	"dismissSuggestion": (*whole).suggested,
	"mergeCustomer":     func(w *whole) aCall { return aCall{body: fmt.Sprintf(`{"into":%q,"why":"said so"}`, w.other())} },
	"unmergeCustomer": func(w *whole) aCall {
		w.call("POST", w.at("/v1/customers/{id}/merge"), fmt.Sprintf(`{"into":%q,"why":"said so"}`, w.other())).is(200)
		return aCall{}
	},
	"patchRecovery": func(w *whole) aCall {
		return aCall{body: `{"state":"contacted","note":"called"}`, fill: []string{"{id}", w.recovering()}}
	},
}

func does(body string) func(*whole) aCall { return func(*whole) aCall { return aCall{body: body} } }

func after(method, path, body, then string) func(*whole) aCall {
	return func(w *whole) aCall {
		require.Less(w.t, w.call(method, w.at(path), body).status, 300)
		return aCall{body: then}
	}
}

// called is another ticket of the customer.
func (w *whole) called() string {
	body := `{"channel":"call","outcome":"reached","to":"+14155550100","text":"asked again"}`
	return w.call("POST", "/v1/tickets", body, "Idempotency-Key", "called").is(201).json()["number"].(string)
}

// answered is an answer that is in a state, or still waits.
func (w *whole) answered(state desk.SendState) string {
	v := w.call("POST", w.at("/v1/tickets/{number}/messages"), `{"text":"one"}`).is(201).json()
	if state != "" {
		row := w.bench.message(v)
		row.Value.State = state
		var tx store.Tx
		tx.PutMessage(row)
		require.NoError(w.t, w.rows.Commit(w.t.Context(), &tx))
	}
	return v["id"].(string)
}

// other is another customer.
func (w *whole) other() string {
	return w.call("POST", "/v1/customers", `{"email":"other@x.test"}`, "Idempotency-Key", "other").is(201).json()["id"].(string)
}

// suggested is somebody who named the customer's number without proving it.
func (w *whole) suggested() aCall {
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.now}, desk.Inbound{Kind: desk.InMessage, ID: "n", Text: "hi", Lang: "en",
		From: desk.Address{Channel: desk.Generic, Account: "main", ID: "n"}, Contact: desk.Contact{Phone: "+14155550100"}})
	require.NoError(w.t, err)
	id := field(w.get("/v1/tickets/" + got.Ticket.Number()).json()["customer"], "id").(string)
	return aCall{fill: []string{"{id}", id, "{other}", w.customer}}
}

// recovering is a bad answer to be followed up.
func (w *whole) recovering() string {
	w.s.Recoveries.Within = config.Duration(24 * 3600e9)
	id := desk.SurveyID(w.call("POST", w.at("/v1/tickets/{number}/surveys"), `{"survey":"csat"}`).is(202).json()["id"].(string))
	row, err := w.rows.Survey(w.t.Context(), id)
	require.NoError(w.t, err)
	w.now = row.Value.Due
	require.NoError(w.t, w.desk.FireSurvey(w.t.Context(), id, row.Value.Gen, w.now, nil))
	_, err = w.desk.Answer(w.t.Context(), id, desk.Score{Value: 1, At: w.now, By: desk.SMS})
	require.NoError(w.t, err)
	return string(id)
}

// A key is one act's in its place, as the document says: of begun tickets, of one ticket,
// of customers. In another place it is new.
func TestWhereAKeyCounts(t *testing.T) {
	w := newWhole(t)
	one, other := w.at("/v1/tickets/{number}"), "/v1/tickets/"+w.receive(desk.SMS, "+14155550109", "hello")
	under := func(method, path, body string) answer { return w.call(method, path, body, "Idempotency-Key", "k") }
	begin := `{"channel":"sms","to":"+14155550111","text":"hello"}`
	under("POST", "/v1/tickets", begin).is(201)
	under("POST", "/v1/tickets", strings.Replace(begin, "0111", "0112", 1)).names(422, "Idempotency-Key")
	under("POST", one+"/messages", `{"text":"one"}`).is(201)
	under("POST", one+"/messages", `{"text":"two"}`).names(422, "Idempotency-Key")
	under("POST", one+"/block", "").names(422, "Idempotency-Key")
	under("POST", other+"/messages", `{"text":"one"}`).is(201)
	under("POST", "/v1/customers", `{"email":"ann@x.test"}`).is(201)
	under("POST", "/v1/customers/"+w.customer+"/merge", `{"into":"x","why":"y"}`).names(422, "Idempotency-Key")
	many := func(path string) answer {
		return w.call("PUT", "/v1/tickets/update_many", fmt.Sprintf(`{"numbers":[%q],"ticket":{"priority":"high"}}`, strings.TrimPrefix(path, "/v1/tickets/")), "Idempotency-Key", "m").is(200)
	}
	many(one)
	require.Empty(t, many(other).header.Get("Idempotency-Replayed"))
	require.Equal(t, "true", many(one).header.Get("Idempotency-Replayed"))
}
