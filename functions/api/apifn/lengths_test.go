package apifn_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// lengths are bodies in which a text stands that has a largest length, by operation and
// field; %q is the text, $ticket a ticket there is.
var lengths = map[string]string{
	"createCustomer.name":        `{"email":"a@x.test","name":%q}`,
	"postKey.name":               `{"name":%q}`,
	"postUpload.file_name":       `{"file_name":%q,"content_type":"text/plain","size":1}`,
	"openTask.subject":           `{"team":"support","text":"x","subject":%q}`,
	"finishTopic.text.en":        `{"text":{"en":%q}}`,
	"finishTopic.text.zh-CN":     `{"text":{"en":"x","zh-CN":%q}}`,
	"mergeCustomer.why":          `{"into":"x","why":%q}`,
	"patchCustomer.name":         `{"name":%q}`,
	"createCustomer.tags":        `{"email":"a@x.test","tags":[%q]}`,
	"patchCustomer.tags":         `{"tags":[%q]}`,
	"putFilters.items.name":      `{"items":[{"name":%q,"view":"mine"}]}`,
	"putFilters.items.q":         `{"items":[{"name":"x","q":%q}]}`,
	"putFilters.items.team":      `{"items":[{"name":"x","view":"mine","team":%q}]}`,
	"putOptOut.why":              `{"kind":"surveys","opted_out":true,"why":%q}`,
	"putSettings.note":           `{"text":"x","note":%q}`,
	"diffSettings.note":          `{"text":"x","note":%q}`,
	"validateSettings.note":      `{"text":"x","note":%q}`,
	"setFollowUp.note":           `{"at":"2027-01-01T00:00:00Z","note":%q}`,
	"splitTicket.subject":        `{"message_ids":["x"],"subject":%q}`,
	"startTicket.name":           `{"channel":"email","to":"a@x.test","text":"x","name":%q}`,
	"startTicket.subject":        `{"channel":"email","to":"a@x.test","text":"x","subject":%q}`,
	"takeUpFeedback.title":       `{"title":%q}`,
	"patchTicket.tags":           `{"tags":[%q]}`,
	"updateMany.additional_tags": `{"numbers":["$ticket"],"additional_tags":[%q]}`,
	"updateMany.ticket.tags":     `{"numbers":["$ticket"],"ticket":{"tags":[%q]}}`,
}

// bounded lists the texts of a body that have a largest length.
func bounded(in string, s *openapi3.Schema, out map[string]uint64) {
	if s.MaxLength != nil && s.Pattern == "" {
		out[strings.TrimSuffix(in, ".")] = *s.MaxLength
	}
	if s.Items != nil {
		bounded(in, s.Items.Value, out)
	}
	for name, of := range s.Properties {
		bounded(in+name+".", of.Value, out)
	}
}

// A length is one of characters, whatever they are in bytes: what the document allows is
// taken, and one more is refused by the field's name.
func TestLengthsAreCharacters(t *testing.T) {
	w := newWhole(t)
	left := maps.Clone(lengths)
	for path, item := range spec(t).Paths.Map() {
		for method, op := range item.Operations() {
			found := map[string]uint64{}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					bounded(op.OperationID+".", media.Schema.Value, found)
				}
			}
			for name, most := range found {
				form, ok := lengths[name]
				delete(left, name)
				require.True(t, ok, "lengths needs a line: a body of %s", name)
				form, field := strings.ReplaceAll(form, "$ticket", w.number), textField.ReplaceAllString(name, "$1")
				for _, more := range []int{1, 0} { // what is refused first: what is taken may close the way
					text := strings.Repeat("字", int(most)+more)
					got := w.call(method, w.at(path), fmt.Sprintf(form, text), "Idempotency-Key", fmt.Sprint(name, more), "If-Match", "*")
					require.Equal(t, more == 1, slices.Contains(faulty(got), field), "%s: %s", name, got.body)
				}
			}
		}
	}
	require.Empty(t, left, "no body has these")
}

// textField finds the field whose fault it is; texts by language share one.
var textField = regexp.MustCompile(`^.*?([^.]+)(\.en|\.zh-CN)?$`)

// last is how a fault ends that is of a field.
func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// faulty are the fields that an answer complains of, without where they stand.
func faulty(a answer) (out []string) {
	faults, _ := a.json()["errors"].([]any)
	for _, f := range faults {
		out = append(out, last(f.(map[string]any)["field"].(string)))
	}
	return out
}

func TestParametersAreCharacters(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"all": inTeam("bo", allow.Agent)})
	for _, r := range []string{"字", "😀"} {
		b.as("all", "GET", "/v1/search?q="+url.QueryEscape(strings.Repeat(r, 200)), "").is(200)
		b.as("all", "GET", "/v1/tickets?team="+url.QueryEscape(strings.Repeat(r, 200)), "").is(200)
		b.as("all", "GET", "/v1/search?q="+url.QueryEscape(strings.Repeat(r, 201)), "").names(400, "q")
	}
	unblock := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/unblock"
	b.as("all", "POST", unblock, "", "Idempotency-Key", strings.Repeat("字", 200)).is(200)
	b.as("all", "POST", unblock, "", "Idempotency-Key", strings.Repeat("字", 201)).names(400, "Idempotency-Key")
}
