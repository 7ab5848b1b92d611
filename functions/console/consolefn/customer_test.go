package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Two customers become one by a ticket's number, with a reason, and two again.
func TestMergeCustomersByTicket(t *testing.T) {
	w := newWorld(t).signIn()
	ticket := func(id string) desk.Ticket {
		from := desk.Address{Channel: desk.WeChat, Account: "main", ID: id}
		got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{Kind: desk.InMessage, ID: id, From: from, Text: "from " + id, Lang: "en"})
		require.NoError(t, err)
		return w.ticket(got.Ticket)
	}
	one, two := ticket("one"), ticket("two")
	at := "/console/customers/" + string(one.Customer)
	page := w.page(at + "?lang=en")
	require.NotContains(t, page, "from two")
	post := func(what string, kv ...string) *http.Response {
		form := url.Values{"csrf": {field(t, page, "csrf")}}
		for i := 0; i+1 < len(kv); i += 2 {
			form.Set(kv[i], kv[i+1])
		}
		return w.do("POST", at+"/"+what, form)
	}
	require.Equal(t, http.StatusNotFound, post("merge", "from", "nobody", "why", "x").StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, post("merge", "from", two.ID.Number()).StatusCode)
	require.Equal(t, http.StatusSeeOther, post("merge", "from", " "+two.ID.Number(), "why", "same <order>").StatusCode)
	page = w.page(at + "?lang=en")
	require.Contains(t, page, "from two")
	require.Contains(t, page, "same &lt;order&gt;")
	told := regexpFind(t, page, `(Customer [^<]* was merged into [^<]*, because)`)
	for _, id := range []desk.CustomerID{one.Customer, two.Customer} {
		require.NotContains(t, told, string(id), "names, or else addresses")
	}
	require.NotContains(t, told, "without a name")
	require.Equal(t, http.StatusSeeOther, post("unmerge", "from", string(two.Customer)).StatusCode)
	require.NotContains(t, w.page(at+"?lang=en"), "from two")

	require.Equal(t, http.StatusUnprocessableEntity, post("profile", "tier", "best").StatusCode)
	require.Equal(t, http.StatusSeeOther, post("profile", "tier", "gold", "tags", "早鸟，b", "time_zone", "Europe/Paris").StatusCode)
	page = w.page(at + "?lang=en")
	require.Contains(t, page, "Europe/Paris")
	require.Contains(t, page, "早鸟, b")
	require.Equal(t, desk.Gold, w.ticket(one.ID).Tier)
	require.Equal(t, http.StatusNotFound, post("suggestion", "with", "nobody", "do", "accept").StatusCode)
}
