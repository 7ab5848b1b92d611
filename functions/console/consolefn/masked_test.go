package consolefn_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Who reads addresses in part only still answers all of a mail: they see whom, masked, can
// take one out and add another, and nothing masked is ever written to.
func TestMaskedAgentKeepsCopies(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "m1", From: desk.Address{Channel: desk.Email, Account: "help", ID: "ann@x.test"}, Name: "Ann", Subject: "s", Text: "hello", Lang: "en",
		Mail:        &desk.Mail{MessageID: "m1@x", Trusted: true, Cc: []string{"bo@x.test", "bea@x.test", "o'neil@y.test"}},
		Attachments: []desk.Attachment{{Name: "IMG_13800001234.jpg", Type: "image/jpeg", Blob: "files/0a"}},
	})
	require.NoError(t, err)
	id := got.Ticket
	page := w.page("/console/tickets/" + id.Number())
	require.NotContains(t, page, "13800001234")
	require.Contains(t, page, "IMG_***34.jpg")
	for _, whole := range []string{"bo@x.test", "bea@x.test", "neil@y.test"} {
		require.NotContains(t, page, whole)
	}
	shown := html.UnescapeString(field(t, page, "cc"))
	sent := func(cc string) []string {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", "hi "+cc, "cc", cc).StatusCode, cc)
		all := w.messages(id, desk.ToCustomer)
		return all[len(all)-1].Cc
	}
	require.Equal(t, []string{"bo@x.test", "bea@x.test", "o'neil@y.test"}, sent(shown), "as the page has it")
	require.Equal(t, []string{"bo@x.test"}, sent("b***@x.test"))
	require.Equal(t, []string{"bo@x.test", "new@z.test"}, sent("b***@x.test; new@z.test"))
	require.Empty(t, sent(""))
	wrong := w.post(id, "reply", "text", "hi", "cc", "c***@x.test")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, body(t, wrong), "hidden in part")
}

// A form whose values are hidden in part is saved without changing them; what is written
// in their place is kept, and what only looks hidden is not.
func TestMaskedAgentKeepsProfile(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.CustomerFields = []config.CustomerField{{ID: "home", Type: config.CustomerText, Label: config.Text{"en": "At home"}}}
	id := w.ticket(w.comes("m1", "hello")).Customer
	name, tags := "Mei a+b@x.test", []string{"vip", "tel:13800138000", "tel:13900139000"}
	require.NoError(t, w.desk.ChangeCustomer(t.Context(), w.amy(), id, ticketing.Profile{Name: &name, Mail: new("mei@x.test"), Phone: new("+8613700001111"), Tags: &tags, Fields: map[string]string{"home": "+86 138 0013 8000"}}))
	require.NoError(t, w.desk.Remark(t.Context(), w.amy(), id, "Mei 13800138000"))
	w.s.Access.MaskContacts = true
	at := "/console/customers/" + string(id)
	page := w.page(at)
	require.NotContains(t, page, "138000")
	form := url.Values{}
	for _, name := range []string{"csrf", "name", "email", "phone", "tags", "time_zone", "field-home", "remark"} {
		form.Set(name, html.UnescapeString(regexpFind(t, page, `name="`+name+`"[^>]* value="([^"]*)"`)))
	}
	save := func(what string, kv ...string) (*http.Response, desk.Customer) {
		f := maps.Clone(form)
		for i := 0; i < len(kv); i += 2 {
			f.Set(kv[i], kv[i+1])
		}
		resp := w.do("POST", at+"/"+what, f)
		row, err := w.desk.Store.Customer(t.Context(), id)
		require.NoError(t, err)
		return resp, row.Value
	}
	_, c := save("profile")
	require.Equal(t, name, c.Name)
	require.Equal(t, tags, c.Tags)
	require.Equal(t, "+86 138 0013 8000", c.Fields["home"])
	require.Equal(t, desk.Contact{Mail: "mei@x.test", Phone: "+8613700001111"}, c.Contact)
	_, c = save("remark")
	require.Equal(t, "Mei 13800138000", c.Remark)

	_, c = save("profile", "name", "Mei", "email", "", "phone", "13700002222", "tags", "vip, tel:***00, new", "field-home", "")
	require.Equal(t, desk.Contact{Phone: "+8613700002222"}, c.Contact)
	require.Equal(t, "Mei", c.Name)
	require.Equal(t, []string{"vip", "tel:13800138000", "new"}, c.Tags)
	require.Empty(t, c.Fields["home"])
	for what, field := range map[string]string{"profile": "name", "remark": "remark"} {
		resp, now := save(what, field, "Mei ***01")
		require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
		require.Equal(t, c, now)
	}
}
