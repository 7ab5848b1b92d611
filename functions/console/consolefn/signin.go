package consolefn

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/look"
)

const (
	signInCookie  = "deskhook-signin"
	signInPurpose = "console-oidc"
	signInLife    = 10 * time.Minute // from the button to the way back
	maxNext       = 500              // bytes
)

// provider is where agents sign in; false on a desk of one machine, and where none is
// set up.
func (c *console) provider(s *config.Settings) (*access.Provider, bool) {
	if c.Local || c.OIDC == nil {
		return nil, false
	}
	return c.OIDC.Provider(s.Access)
}

func redirectTo(s *config.Settings) string { return s.Desk.PublicURL + "/console/callback" }

// signIn sends the browser to the provider. What must come back with it lies in a signed
// cookie of that browser: nothing is stored, and another browser's answer is refused.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	s, err := c.Settings(r.Context())
	if err != nil {
		c.fail(w, r, nil, err)
		return
	}
	p, ok := c.provider(s)
	if !ok {
		c.showLogin(w, r, http.StatusForbidden, "", "")
		return
	}
	next := inside(r.URL.Query().Get("next"))
	if len(next) > maxNext {
		next = "/console"
	}
	in := access.SignIn{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), Redirect: redirectTo(s)}
	to, err := p.Address(r.Context(), in)
	if err != nil {
		c.notNow(w, r, err)
		return
	}
	c.putCookie(w, r, signInCookie, c.Key.Token(signInPurpose, c.Now().Add(signInLife), in.State, in.Nonce, in.Verifier, next), int(signInLife/time.Second))
	look.SetHeaders(w.Header())
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// callback is where the provider sends the browser back to.
func (c *console) callback(w http.ResponseWriter, r *http.Request) {
	s, err := c.Settings(r.Context())
	if err != nil {
		c.fail(w, r, nil, err)
		return
	}
	p, ok := c.provider(s)
	in, next, good := c.underWay(r)
	c.putCookie(w, r, signInCookie, "", -1)
	code := r.URL.Query().Get("code")
	if !ok || !good || code == "" {
		c.again(w, r)
		return
	}
	in.Redirect = redirectTo(s)
	claims, err := p.Redeem(r.Context(), in, code, c.clientSecret())
	if err != nil {
		c.notNow(w, r, err)
		return
	}
	agent, known := s.AgentByMail(claims.Mail)
	if !known {
		c.showLogin(w, r, http.StatusForbidden, "", say(r, s, "您已通过身份验证，但还不是这里的客服。请管理员在配置中加入您的邮箱。", "You have signed in, but you are no agent of this desk. Ask whoever runs it to add your mail address to the settings."))
		return
	}
	c.enter(w, r, s, agent.ID, next)
}

// underWay reads the sign-in that this browser began, if the answer is to that one.
func (c *console) underWay(r *http.Request) (access.SignIn, string, bool) {
	cookie, err := r.Cookie(cookieFor(r, signInCookie))
	if err != nil {
		return access.SignIn{}, "", false
	}
	f, err := c.Key.Open(signInPurpose, cookie.Value, c.Now())
	if err != nil || len(f) != 4 {
		return access.SignIn{}, "", false
	}
	same := subtle.ConstantTimeCompare([]byte(f[0]), []byte(r.URL.Query().Get("state"))) == 1
	return access.SignIn{State: f[0], Nonce: f[1], Verifier: f[2]}, inside(f[3]), same
}

func (c *console) clientSecret() string { return c.secret("oidc/client_secret") }

// secret reads a secret as it is now; "" where there is none.
func (c *console) secret(name string) string {
	if c.Secrets == nil {
		return ""
	}
	values, err := c.Secrets.Values(name)
	if err != nil || len(values) == 0 {
		return ""
	}
	return values[0]
}

// enter begins an agent's session.
func (c *console) enter(w http.ResponseWriter, r *http.Request, s *config.Settings, agent, next string) {
	life := s.Access.Session.D()
	if life <= 0 {
		life = config.DefaultSession.D()
	}
	_, token := c.newSession(agent, life)
	c.putCookie(w, r, cookieName, token, int(life/time.Second))
	look.SetHeaders(w.Header())
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func say(r *http.Request, s *config.Settings, zh, en string) string {
	return look.Page{Lang: look.Lang(r, s.Desk.Language)}.L(zh, en)
}

// again asks for another try: the answer is too late, of another browser, or a refusal.
func (c *console) again(w http.ResponseWriter, r *http.Request) {
	c.showLogin(w, r, http.StatusForbidden, "", look.Page{Lang: look.Lang(r, "")}.L("登录没有完成，请再试一次。", "The sign-in was not completed. Please try again."))
}

// notNow tells a refusal from a provider that can't be reached.
func (c *console) notNow(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, access.ErrUnknown) {
		c.again(w, r)
		return
	}
	c.showLogin(w, r, http.StatusServiceUnavailable, "", look.Page{Lang: look.Lang(r, "")}.L("暂时无法连接登录服务，请稍后再试。", "The sign-in service can't be reached just now. Please try again."))
}

// hostPrefix makes a browser take a cookie by https only, from this host alone, and for
// all of its paths: no neighbour under the same domain can set one.
const hostPrefix = "__Host-"

// cookieFor is a cookie's name: the plain one only on a desk that has no https.
func cookieFor(r *http.Request, name string) string {
	if look.HTTPS(r) {
		return hostPrefix + name
	}
	return name
}

func (c *console) putCookie(w http.ResponseWriter, r *http.Request, name, value string, age int) {
	path := "/console"
	if look.HTTPS(r) {
		path = "/"
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieFor(r, name), Value: value, Path: path, MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: look.HTTPS(r),
	})
}

// signInURL is the button of the sign-in page; "" where there is no provider.
func (c *console) signInURL(s *config.Settings, next string) string {
	if _, ok := c.provider(s); !ok {
		return ""
	}
	return "/console/signin?" + url.Values{"next": {next}}.Encode()
}

// signOutURL leads out of the provider's own session, after a sign-out here.
func (c *console) signOutURL(r *http.Request, s *config.Settings) string {
	p, ok := c.provider(s)
	if !ok || r.URL.Query().Get("out") == "" {
		return ""
	}
	return p.SignOut(r.Context(), s.Desk.PublicURL+"/console/login")
}
