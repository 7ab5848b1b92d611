package email

import (
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Kinds of signature and encryption, as marks name them.
const (
	smime = "S/MIME" // RFC 8551
	pgp   = "PGP"    // RFC 3156, and its older form within the text
)

var calendarMethod = regexp.MustCompile(`(?im)^METHOD:[ \t]*([A-Za-z]{1,20})`)

// marks tells what of a mail stays shut, or is more than text: each kind once.
func marks(root *node, text string) []desk.Decision {
	var list []desk.Decision
	seen := map[string]bool{}
	add := func(code, name, value string) {
		if code != "" && !seen[code] {
			seen[code] = true
			list = append(list, desk.Decision{Code: code, Args: map[string]string{name: value}})
		}
	}
	root.each(func(n *node) {
		code, kind := sealOf(n)
		add(code, "kind", kind)
		if n.media == "text/calendar" {
			add("mail.invite", "method", method(n))
		}
	})
	switch {
	case strings.Contains(text, "-----BEGIN PGP MESSAGE-----"):
		add("mail.encrypted", "kind", pgp)
	case strings.Contains(text, "-----BEGIN PGP SIGNED MESSAGE-----"):
		add("mail.signed", "kind", pgp)
	}
	return list
}

// each walks all parts; one that is a mail of its own is not entered.
func (n *node) each(do func(*node)) {
	do(n)
	for _, k := range n.kids {
		k.each(do)
	}
}

// sealOf says how a part is signed or encrypted. An enveloped one that doesn't say what
// it is most often is encrypted.
func sealOf(n *node) (code, kind string) {
	protocol := strings.ToLower(n.params["protocol"])
	switch {
	case n.media == "multipart/signed" && strings.Contains(protocol, "pkcs7"):
		return "mail.signed", smime
	case n.media == "multipart/signed" && strings.Contains(protocol, "pgp"):
		return "mail.signed", pgp
	case n.media == "multipart/encrypted":
		return "mail.encrypted", pgp
	case n.media != "application/pkcs7-mime" && n.media != "application/x-pkcs7-mime":
		return "", ""
	}
	switch strings.ToLower(n.params["smime-type"]) {
	case "signed-data":
		return "mail.sealed", smime
	case "certs-only", "compressed-data":
		return "", ""
	}
	return "mail.encrypted", smime
}

// method is what an invitation asks (RFC 5546): REQUEST, REPLY, CANCEL and the like.
func method(n *node) string {
	m := n.params["method"]
	if found := calendarMethod.FindSubmatch(n.data); m == "" && found != nil {
		m = string(found[1])
	}
	if m = strings.ToUpper(m); len(m) > 20 || strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || m == "" {
		return "PUBLISH"
	}
	return m
}
