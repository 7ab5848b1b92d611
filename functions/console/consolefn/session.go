package consolefn

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
)

const (
	cookieName     = "deskhook"
	sessionPurpose = "console-session"
	formPurpose    = "console-form"
	loginPurpose   = "console-login"
	loginLife      = time.Hour
	maxBody        = 256 * 1024 // bytes: a reply of 64 kB, escaped
)

// session is a signed-in browser: who, a number of its own, and until when. It lies in
// the cookie, signed; nothing is stored.
type session struct {
	agent string
	nonce string
	until time.Time
}

func (c *console) newSession(agent string, life time.Duration) (session, string) {
	s := session{agent, rand.Text(), c.Now().Add(life).Truncate(time.Second)}
	return s, c.Key.Token(sessionPurpose, s.until, s.agent, s.nonce, strconv.FormatInt(s.until.Unix(), 10))
}

func (c *console) session(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(cookieFor(r, cookieName))
	if err != nil {
		return session{}, false
	}
	f, err := c.Key.Open(sessionPurpose, cookie.Value, c.Now())
	if err != nil || len(f) != 3 {
		return session{}, false
	}
	unix, err := strconv.ParseInt(f[2], 10, 64)
	return session{f[0], f[1], time.Unix(unix, 0)}, err == nil
}

// csrf is the token of all forms of a session. It stays the same, so that a part of a
// page that holds a form doesn't look changed each time it is asked for.
func (v *visit) csrf() string {
	return v.Key.Token(formPurpose, v.session.until, v.session.agent, v.session.nonce)
}

// checkForm reads a posted form and proves that a page of this session sent it.
func (v *visit) checkForm() error {
	if err := v.readForm(); err != nil {
		return desk.Errorf(desk.TooLarge, "the form is too large or not complete")
	}
	f, err := v.Key.Open(formPurpose, v.r.PostForm.Get("csrf"), v.now)
	if err != nil || len(f) != 2 || f[0] != v.session.agent || f[1] != v.session.nonce {
		return desk.Errorf(desk.Forbidden, "the page is too old: go back, reload it and try again")
	}
	return nil
}

// signedIn lets only agents in whom the settings (still) name.
func (c *console) signedIn(h func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := c.Settings(r.Context())
		if err != nil {
			c.fail(w, r, nil, err)
			return
		}
		v := &visit{console: c, w: w, r: r, s: s, now: c.Now().UTC(), lang: look.Lang(r, s.Desk.Language)}
		look.Remember(w, r, "/")
		ok := false
		if v.session, ok = c.session(r); ok {
			v.agent, ok = s.Agent(v.session.agent)
		}
		if !ok {
			c.stranger(w, r)
			return
		}
		v.by = access.OfAgent(v.agent)
		watch := &access.Watch{ResponseWriter: w}
		v.w, w = watch, watch
		defer func() { v.keepAudit(watch.Status) }()
		if r.Method == http.MethodPost {
			if err := v.checkForm(); err != nil {
				c.fail(w, r, v, err)
				return
			}
		}
		err = v.admit()
		if err == nil {
			err = h(v)
		}
		if err != nil {
			c.fail(w, r, v, err)
		}
		if r.Method == http.MethodPost && !unaudited[r.Pattern] || r.Pattern == "POST /console/presence" {
			c.pulses.forget()
			c.own.forget()
			c.heads.forget()
			c.atWork.forget()
		}
	}
}

// stranger sends who has not signed in to where that is done; a script's question is
// only refused, whose redirects say that something was done.
func (c *console) stranger(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "/fragment") || r.Header.Get("X-Requested-With") == "script" {
		look.SetHeaders(w.Header())
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	to := "/console/login"
	if r.Method == http.MethodGet && r.URL.Path != "/console" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	look.SetHeaders(w.Header())
	http.Redirect(w, r, to, http.StatusSeeOther)
}

type loginPage struct {
	look.Page
	Local  bool
	Agents []config.Agent
	Chosen string
	Token  string
	Next   string
	Fault  string

	SignIn  string // where agents sign in with the provider
	SignOut string // where they sign out of it
}

func (c *console) loginPage(w http.ResponseWriter, r *http.Request) {
	c.showLogin(w, r, http.StatusOK, "", "")
}

func (c *console) showLogin(w http.ResponseWriter, r *http.Request, status int, chosen, fault string) {
	s, err := c.Settings(r.Context())
	if err != nil {
		c.fail(w, r, nil, err)
		return
	}
	look.Remember(w, r, "/")
	lang := look.Lang(r, s.Desk.Language)
	p := loginPage{
		Page: look.NewPage(r, lang, s.Desk.Name.In(lang), s.Desk.Location(), "next"), Local: c.Local, Agents: s.Agents, Chosen: chosen,
		Token: c.Key.Token(loginPurpose, c.Now().Add(loginLife)), Next: inside(r.FormValue("next")), Fault: fault,
	}
	p.Title = p.L("登录", "Sign in")
	p.SignIn, p.SignOut = c.signInURL(s, p.Next), c.signOutURL(r, s)
	if !c.Local && p.SignIn == "" {
		status = http.StatusForbidden
	}
	page, err := c.kit.Execute("login", p)
	if err != nil {
		c.fail(w, r, nil, err)
		return
	}
	look.Write(w, r, status, page)
}

// inside keeps only addresses of the console, so that a link to the sign-in can't lead
// to another site.
func inside(next string) string {
	if next == "/console" || strings.HasPrefix(next, "/console/") || strings.HasPrefix(next, "/console?") {
		return next
	}
	return "/console"
}

func (c *console) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	lang := look.Lang(r, "")
	say := func(zh, en string) string { return look.Page{Lang: lang}.L(zh, en) }
	_, err := c.Key.Open(loginPurpose, r.PostFormValue("token"), c.Now())
	switch {
	case !c.Local:
		c.showLogin(w, r, http.StatusForbidden, "", "")
		return
	case err != nil:
		c.showLogin(w, r, http.StatusForbidden, r.PostFormValue("agent"), say("页面打开得太久了，请再试一次。", "The page was open for too long. Please try again."))
		return
	}
	s, err := c.Settings(r.Context())
	if err != nil {
		c.fail(w, r, nil, err)
		return
	}
	agent, known := s.Agent(r.PostFormValue("agent"))
	if !c.rightPassword(r.PostFormValue("password")) || !known {
		c.showLogin(w, r, http.StatusUnauthorized, r.PostFormValue("agent"), say("密码不正确。", "That password is not right."))
		return
	}
	c.enter(w, r, s, agent.ID, inside(r.PostFormValue("next")))
}

// rightPassword compares hashes, so that neither content nor length shows in the time
// it takes.
func (c *console) rightPassword(given string) bool {
	want, got := sha256.Sum256([]byte(c.LocalPassword)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && c.LocalPassword != ""
}

func (c *console) logout(w http.ResponseWriter, r *http.Request) {
	c.putCookie(w, r, cookieName, "", -1)
	look.SetHeaders(w.Header())
	http.Redirect(w, r, "/console/login?out=1", http.StatusSeeOther)
}
