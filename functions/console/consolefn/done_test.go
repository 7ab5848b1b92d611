package consolefn_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var toast = regexp.MustCompile(`<p class="done" role="status">([^<]*)</p>`)

// What a form did is said on the page that follows, once.
func TestWhatAFormDidIsSaidOnce(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("a", "Hello")
	at := "/console/tickets/" + id.Number()
	require.NotRegexp(t, toast, w.page(at))

	require.Equal(t, http.StatusSeeOther, w.post(id, "tags", "tags", "lamp").StatusCode)
	require.Empty(t, toast.FindString(w.page(at+"/fragment")), "a look of the script doesn't take the word away")
	require.Equal(t, "Tags saved", toast.FindStringSubmatch(w.page(at))[1])
	require.NotRegexp(t, toast, w.page(at))
}

// Words that no form leaves say nothing.
func TestWhatWasDoneIsNotTheBrowsersToSay(t *testing.T) {
	w := newWorld(t).signIn()
	w.cookies["deskhook_done"] = url.QueryEscape("POST /console/<b>")
	require.NotRegexp(t, toast, w.page("/console"))
}
