package consolefn_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// provider is an OpenID provider with one key and one person; what it signs is put
// together by hand.
type provider struct {
	t     *testing.T
	w     *world
	srv   *httptest.Server
	key   ed25519.PrivateKey
	mail  string
	nonce string // "" gives back the one asked for
	asked url.Values
	down  bool
}

func newProvider(w *world) *provider {
	p := &provider{t: w.t, w: w, mail: "Lin@desk.example"}
	var err error
	_, p.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(w.t, err)
	p.srv = httptest.NewServer(http.HandlerFunc(p.serve))
	w.t.Cleanup(p.srv.Close)
	w.s.Access = config.Access{Issuer: p.srv.URL, ClientID: "desk", Claim: "email", Session: config.Duration(2 * time.Hour)}
	for i := range w.s.Agents {
		w.s.Agents[i].Mail = w.s.Agents[i].ID + "@desk.example"
	}
	w.deps.Local = false
	w.deps.OIDC = &access.OIDC{HTTP: access.NewClient(), Now: func() time.Time { return w.now }}
	w.handler = consolefn.New(w.deps)
	return p
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	give := func(v any) {
		if err := json.NewEncoder(w).Encode(v); err != nil {
			p.t.Error(err)
		}
	}
	switch {
	case p.down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case strings.HasPrefix(r.URL.Path, "/.well-known/"):
		give(map[string]string{"issuer": p.srv.URL, "authorization_endpoint": p.srv.URL + "/auth", "token_endpoint": p.srv.URL + "/token", "jwks_uri": p.srv.URL + "/keys", "end_session_endpoint": p.srv.URL + "/out"})
	case r.URL.Path == "/keys":
		give(map[string]any{"keys": []any{map[string]string{"kid": "k", "kty": "OKP", "crv": "Ed25519", "x": b64(p.key.Public().(ed25519.PublicKey))}}})
	case r.FormValue("code") != "good" || !p.proven(r.FormValue("code_verifier")) || r.FormValue("redirect_uri") != p.asked.Get("redirect_uri"):
		w.WriteHeader(http.StatusBadRequest)
	default:
		give(map[string]string{"id_token": p.token()})
	}
}

// proven checks PKCE as RFC 7636, section 4.6, says.
func (p *provider) proven(verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return p.asked.Get("code_challenge_method") == "S256" && len(verifier) >= 43 && b64(sum[:]) == p.asked.Get("code_challenge")
}

func (p *provider) token() string {
	nonce := p.nonce
	if nonce == "" {
		nonce = p.asked.Get("nonce")
	}
	claims, _ := json.Marshal(map[string]any{"iss": p.srv.URL, "aud": "desk", "exp": p.w.now.Add(time.Hour).Unix(), "email": p.mail, "nonce": nonce})
	text := b64([]byte(`{"alg":"EdDSA","kid":"k"}`)) + "." + b64(claims)
	return text + "." + b64(ed25519.Sign(p.key, []byte(text)))
}

const https = "X-Forwarded-Proto"

// begin presses the button; it gives the state that the provider sends back.
func (p *provider) begin(next string) string {
	p.t.Helper()
	resp := p.w.do("GET", "/console/signin?next="+url.QueryEscape(next), nil, https, "https")
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode)
	to, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(p.t, err)
	require.Equal(p.t, p.srv.URL+"/auth", to.Scheme+"://"+to.Host+to.Path)
	p.asked = to.Query()
	require.Equal(p.t, "code", p.asked.Get("response_type"))
	require.Equal(p.t, "https://desk.example.com/console/callback", p.asked.Get("redirect_uri"))
	return p.asked.Get("state")
}

func (p *provider) back(code, state string) *http.Response {
	return p.w.do("GET", "/console/callback?"+url.Values{"code": {code}, "state": {state}}.Encode(), nil, https, "https")
}

func TestOpenIDSignIn(t *testing.T) {
	w := newWorld(t)
	p := newProvider(w)
	require.Contains(t, w.page("/console/login?next=%2Fconsole%2Ffigures"), `href="/console/signin?next=%2Fconsole%2Ffigures"`)
	resp := p.back("good", p.begin("/console/figures"))
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "/console/figures", resp.Header.Get("Location"))
	var cookie *http.Cookie
	for _, c := range resp.Cookies() {
		if c.Name == "__Host-deskhook" {
			cookie = c
		}
	}
	require.NotNil(t, cookie)
	require.True(t, cookie.Secure && cookie.HttpOnly && cookie.Path == "/" && cookie.Domain == "")
	require.Equal(t, 2*3600, cookie.MaxAge)
	require.Contains(t, body(t, w.do("GET", "/console", nil, https, "https")), "Lin")
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil).StatusCode, "over http the cookie counts for nothing")

	w.now = w.now.Add(3 * time.Hour)
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil, https, "https").StatusCode, "sessions end")
	p.back("good", p.begin("/console"))
	out := w.do("POST", "/console/logout", nil, https, "https").Header.Get("Location")
	require.Contains(t, w.page(out, https, "https"), p.srv.URL+"/out")
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil, https, "https").StatusCode)
}

// What wasn't begun by this browser, comes twice, late or from elsewhere signs nobody in.
func TestOpenIDRefusals(t *testing.T) {
	for name, try := range map[string]func(*provider) *http.Response{
		"another state":    func(p *provider) *http.Response { p.begin("/console"); return p.back("good", "guess") },
		"no sign-in begun": func(p *provider) *http.Response { return p.back("good", "") },
		"another browser": func(p *provider) *http.Response {
			s := p.begin("/console")
			clear(p.w.cookies)
			return p.back("good", s)
		},
		"too late": func(p *provider) *http.Response {
			s := p.begin("/console")
			p.w.now = p.w.now.Add(time.Hour)
			return p.back("good", s)
		},
		"a wrong code":  func(p *provider) *http.Response { return p.back("bad", p.begin("/console")) },
		"no code":       func(p *provider) *http.Response { return p.back("", p.begin("/console")) },
		"another nonce": func(p *provider) *http.Response { p.nonce = "other"; return p.back("good", p.begin("/console")) },
		"no agent": func(p *provider) *http.Response {
			p.mail = "eve@desk.example"
			return p.back("good", p.begin("/console"))
		},
		"no mail": func(p *provider) *http.Response { p.mail = ""; return p.back("good", p.begin("/console")) },
		"a second use": func(p *provider) *http.Response {
			s := p.begin("/console")
			p.back("good", s)
			clear(p.w.cookies)
			return p.back("good", s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := newProvider(w)
			resp := try(p)
			require.Equal(t, http.StatusForbidden, resp.StatusCode)
			require.Empty(t, w.cookies["__Host-deskhook"])
			require.Contains(t, body(t, resp), "/console/signin", "the page offers another try")
		})
	}
	w := newWorld(t)
	p := newProvider(w)
	s := p.begin("/console")
	p.down = true
	require.Equal(t, http.StatusServiceUnavailable, p.back("good", s).StatusCode)
	require.NotContains(t, p.begin2("//evil.example"), "evil")
}

// begin2 begins with an address outside and gives where the sign-in would lead.
func (p *provider) begin2(next string) string {
	p.down = false
	resp := p.back("good", p.begin(next))
	return resp.Header.Get("Location")
}

// An agent's console shows and does nothing to another team's tickets.
func TestConsoleOutOfSight(t *testing.T) {
	w := newWorld(t)
	id := w.comes("a", "a secret of the service team")
	w.s.Agents[0].Teams = []string{"repairs"}
	w.signIn()
	number := id.Number()
	require.NotContains(t, w.page("/console"), number)
	require.NotContains(t, w.page("/console?team=service"), number)
	csrf := field(t, w.page("/console"), "csrf")
	for _, path := range []string{"", "/fragment", "/messages/x/html", "/files/x/0"} {
		resp := w.do("GET", "/console/tickets/"+number+path, nil)
		require.Equal(t, http.StatusNotFound, resp.StatusCode, path)
		require.NotContains(t, body(t, resp), "secret")
	}
	for _, what := range []string{"reply", "note", "forward", "assign", "priority", "status", "tags", "type", "team", "merge", "unmerge", "spam", "not-spam", "block", "unblock", "macros/x", "messages/x/again"} {
		resp := w.do("POST", "/console/tickets/"+number+"/"+what, url.Values{"csrf": {csrf}, "text": {"x"}, "assignee": {"lin"}, "priority": {"high"}, "status": {"open"}, "team": {"repairs"}, "into": {number}})
		require.Equal(t, http.StatusNotFound, resp.StatusCode, what)
	}
	require.Contains(t, w.page("/console/search?lang=en&q="+number), "Nothing found")
	require.NotContains(t, w.page("/console/customers/"+string(w.ticket(id).Customer)), number)
	require.Equal(t, http.StatusForbidden, w.do("GET", "/console/quarantine", nil).StatusCode)
	require.NotContains(t, w.page("/console"), "/console/quarantine")
	w.page("/console/figures")
	require.Equal(t, desk.StatusNew, w.ticket(id).Status)

	w.s.Agents[0].Teams = []string{"service"}
	require.Contains(t, w.page("/console"), number)
	require.Contains(t, w.page("/console/tickets/"+number), "a secret")
}
