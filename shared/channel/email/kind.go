package email

import (
	"regexp"
	"strings"
)

// Kind says what sort of mail it is.
type Kind string

// The kinds, in the order of precedence.
const (
	KindComplaint Kind = "complaint" // a feedback report: somebody marked a mail of ours as spam (RFC 5965)
	KindBounce    Kind = "bounce"    // a mail of ours could not be delivered (RFC 3464, and what others write)
	KindReceipt   Kind = "receipt"   // a mail of ours was read, delivered or is delayed (RFC 8098, RFC 3464)
	KindAuto      Kind = "auto"      // not written by a person (RFC 3834), or to a list
	KindMessage   Kind = "message"   // somebody wrote
)

// classify finds the kind.
func classify(m *Mail, root *node) {
	m.NoAutoReply = noAutoReply(root.head, *m)
	for _, rule := range []func(*Mail, *node) (Kind, string){complaint, deliveryReport, readReceipt, strangeBounce, automatic} {
		if kind, why := rule(m, root); kind != "" {
			m.Kind, m.Why, m.NoAutoReply = kind, why, why
			return
		}
	}
	m.Kind = KindMessage
}

// autoHeaders are put on by programs that answer, and by nobody else.
var autoHeaders = []string{"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-vacation"}

// automatic knows what no person wrote by its header.
func automatic(m *Mail, root *node) (Kind, string) {
	h := root.head
	if v := token(h.get("auto-submitted")); v != "" && v != "no" {
		return KindAuto, "Auto-Submitted: " + v
	}
	switch v := token(h.get("precedence")); v {
	case "bulk", "list", "junk", "auto_reply":
		return KindAuto, "Precedence: " + v
	}
	for _, name := range autoHeaders {
		if h.has(name) && !negative(token(h.get(name))) {
			return KindAuto, "header " + name
		}
	}
	for _, name := range []string{"list-id", "list-unsubscribe"} {
		if h.has(name) {
			return KindAuto, "header " + name + ": mail to a list"
		}
	}
	if m.ReturnPath == "<>" {
		return KindAuto, "null return path"
	}
	if m.NoAutoReply != "" && autoSubject.MatchString(m.Subject) {
		return KindAuto, "subject of an automatic answer, and " + m.NoAutoReply
	}
	return "", ""
}

func negative(v string) bool { return v == "no" || v == "false" || v == "0" }

// autoSubject is how automatic answers begin their subjects. Alone it proves nothing:
// people write "Automatic reply doesn't work".
var autoSubject = regexp.MustCompile(`(?i)^\s*(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office|自动回复|自動回覆|自动答复|不在办公室|` +
	`automatische antwort|abwesenheits|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|` +
	`resposta automática|risposta automatica|automatisch antwoord|автоматический ответ|автоответ|自動応答|不在通知)`)

// noReplyLocal is the local part of an address nobody reads.
var noReplyLocal = regexp.MustCompile(`^(no[-_.]?reply|do[-_.]?not[-_.]?reply|noresponse|mailer-daemon|postmaster|bounces?|nobody)([+-].*)?$`)

// noAutoReply finds why an automatic answer must not go out although the mail may be a
// person's. X-Auto-Response-Suppress asks for silence; Exchange puts it on ordinary
// mail too, so it doesn't make a mail automatic.
func noAutoReply(h header, m Mail) string {
	for _, v := range strings.Split(token(strings.Join(h.all("x-auto-response-suppress"), ",")), ",") {
		switch v = strings.TrimSpace(v); v {
		case "all", "dr", "autoreply", "oof", "rn", "nrn":
			return "X-Auto-Response-Suppress: " + v
		}
	}
	local, _, _ := strings.Cut(m.From, "@")
	switch {
	case m.From == "":
		return "no sender's address"
	case noReplyLocal.MatchString(local):
		return "sender takes no answers"
	}
	return ""
}

// token is a header's value without comments and parameters, clean, in lower case.
func token(v string) string {
	var b strings.Builder
	depth := 0
	for _, r := range v {
		if r == ';' && depth == 0 {
			break
		}
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth > 0:
		default:
			b.WriteRune(r)
		}
	}
	return strings.ToLower(strings.TrimSpace(clean(b.String())))
}
