package email

import (
	"regexp"
	"strings"
)

// Report is what a bounce, a receipt or a complaint says about a mail of ours.
type Report struct {
	MailID  string   // Message-ID of our mail, where it was returned
	Action  string   // failed, delayed, delivered, relayed, expanded; displayed, deleted; abuse, …
	Failed  []Failed // who could not be reached; of a complaint, who complained
	Subject string   // of our mail, where it was returned
}

// Failed is one recipient of a report.
type Failed struct {
	Address   string
	Status    string // RFC 3463, such as 5.1.1, or an SMTP reply code, or ""
	Permanent bool   // will not get better by waiting
}

// fields reads a block of header-like lines and gives the rest.
func fields(b []byte) (header, []byte) { return readHeader(b) }

// complaint knows feedback reports (RFC 5965).
func complaint(m *Mail, root *node) (Kind, string) {
	part := reportPart(root, "message/feedback-report")
	if part == nil {
		return "", ""
	}
	h, _ := fields(part.data)
	kind := token(h.get("feedback-type"))
	m.Report = Report{Action: kind}
	m.Report.returned(root)
	for _, box := range addressesOf(append(h.all("original-rcpt-to"), h.all("removal-recipient")...)) {
		m.Report.Failed = append(m.Report.Failed, Failed{Address: box})
	}
	if len(m.Report.Failed) == 0 {
		for _, to := range returnedTo(root) {
			m.Report.Failed = append(m.Report.Failed, Failed{Address: to})
		}
	}
	switch kind {
	case "not-spam", "auth-failure", "dmarc":
		return KindAuto, "feedback report: " + kind
	}
	return KindComplaint, "feedback report: " + kind
}

// reportPart finds a part that machines read, in a mail that is a report as a whole. A
// report that somebody attached or forwarded is content.
func reportPart(root *node, media ...string) *node {
	if root.media != "multipart/report" && !root.isOne(media) {
		return nil
	}
	return root.find(media...)
}

func (n *node) isOne(media []string) bool {
	for _, m := range media {
		if n.media == m {
			return true
		}
	}
	return false
}

// deliveryReport knows RFC 3464's: one that failed is a bounce, one that is delayed,
// delivered or passed on is a receipt.
func deliveryReport(m *Mail, root *node) (Kind, string) {
	part := reportPart(root, "message/delivery-status", "message/global-delivery-status")
	if part == nil {
		return "", ""
	}
	failed, action := recipients(part.data)
	m.Report = Report{Action: action, Failed: failed}
	m.Report.returned(root)
	if len(failed) > 0 {
		m.Report.Action = "failed"
		return KindBounce, strings.TrimSpace("delivery report: failed " + failed[0].Status)
	}
	return KindReceipt, strings.TrimSpace("delivery report: " + action)
}

// recipients reads a delivery status: a group of fields for the mail, then one for
// each recipient.
func recipients(b []byte) (failed []Failed, action string) {
	for len(b) > 0 {
		h, rest := fields(b)
		if len(rest) >= len(b) {
			break
		}
		b = rest
		act := token(h.get("action"))
		if act == "" {
			continue
		}
		action = act
		if act == "failed" {
			failed = append(failed, failedOf(h))
		}
	}
	return failed, action
}

func failedOf(h header) Failed {
	f := Failed{Address: typed(h.get("original-recipient")), Status: statusCode.FindString(h.get("status"))}
	if final := typed(h.get("final-recipient")); f.Address == "" || !strings.Contains(f.Address, "@") {
		f.Address = final
	}
	if f.Status == "" {
		f.Status = codeIn(h.text("diagnostic-code"))
	}
	f.Permanent = strings.HasPrefix(f.Status, "5")
	return f
}

// typed reads "rfc822; user@example.com".
func typed(v string) string {
	if _, after, ok := strings.Cut(v, ";"); ok {
		v = after
	}
	return address(strings.Trim(strings.TrimSpace(v), "<>"))
}

var (
	statusCode = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	smtpCode   = regexp.MustCompile(`\b[45]\d\d\b`)
)

// codeIn finds the code in an error's words: the enhanced one where there is one.
func codeIn(s string) string {
	if c := statusCode.FindString(s); c != "" {
		return c
	}
	return smtpCode.FindString(s)
}

// readReceipt knows a notification that somebody opened a mail (RFC 8098).
func readReceipt(m *Mail, root *node) (Kind, string) {
	part := reportPart(root, "message/disposition-notification", "message/global-disposition-notification")
	if part == nil {
		return "", ""
	}
	h, _ := fields(part.data)
	_, disposition, _ := strings.Cut(h.get("disposition"), ";")
	action, _, _ := strings.Cut(token(disposition), "/")
	m.Report = Report{Action: strings.TrimSpace(action)}
	m.Report.returned(root)
	if own := id(h.get("original-message-id")); own != "" {
		m.Report.MailID = own
	}
	return KindReceipt, strings.TrimSpace("read receipt: " + m.Report.Action)
}

// bounceSender is who writes bounces.
var bounceSender = regexp.MustCompile(`^(mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mdaemon|bounces?)([+=-][^@]*)?(@|$)`)

// bounceSubject is what bounces that follow no standard are called.
var bounceSubject = regexp.MustCompile(`(?i)undeliver(ed|able)|delivery (status notification|failure|has failed|problem)|mail delivery (failed|system|subsystem)|` +
	`delivery notification: delivery has failed|returned mail|failure notice|message (could )?not (be )?delivered|returned to sender|` +
	`non[- ]?remis|échec de la remise|unzustellbar|nicht zustellbar|unzustellbarkeits|no se puede entregar|mensaje no entregado|no entregado|` +
	`não (foi )?(possível )?entreg|mancata consegna|impossibile recapitare|onbestelbaar|недоставлен|не доставлено|` +
	`退信|投递失败|投遞失敗|无法投递|無法傳遞|未送达|无法送达|送信できません|配信できません|配信不能`)

// waiting is what a warning about a delay says: not a failure.
var waiting = regexp.MustCompile(`(?i)\(delay\)|delayed|will (continue|keep) (to )?try|warning: .{0,40}(delay|not .{0,20}sent)|延迟|verzögert`)

// strangeBounce knows bounces of systems that follow no standard: nobody to answer
// to, and known words.
func strangeBounce(m *Mail, root *node) (Kind, string) {
	h := root.head
	daemon := m.ReturnPath == "<>" || bounceSender.MatchString(m.From)
	listed := h.has("x-failed-recipients")
	if !daemon || !listed && !bounceSubject.MatchString(m.Subject) {
		return "", ""
	}
	m.Report = Report{Action: "failed"}
	m.Report.returned(root)
	if m.Report.MailID == "" {
		m.Report.MailID = idInText(m.Text)
	}
	if waiting.MatchString(m.Subject) {
		m.Report.Action = "delayed"
		return KindReceipt, "notice of a delay"
	}
	m.Report.Failed = strangeFailed(h, m.Text)
	return KindBounce, "bounce without a standard report: by its sender and subject"
}

// strangeFailed finds who could not be reached: the header some servers give, or the
// first address between <> in the text.
func strangeFailed(h header, text string) []Failed {
	f := Failed{Status: codeIn(text)}
	f.Permanent = strings.HasPrefix(f.Status, "5")
	var out []Failed
	for _, a := range addressesOf(h.all("x-failed-recipients")) {
		f.Address = a
		out = append(out, f)
	}
	if out != nil {
		return out
	}
	for _, b := range bracketed.FindAllStringSubmatch(text, 20) {
		if a := address(b[1]); strings.Contains(a, "@") && !bounceSender.MatchString(a) {
			f.Address = a
			break
		}
	}
	return []Failed{f}
}

// returned fills in what the report gives back of our mail: its header or all of it.
func (r *Report) returned(root *node) {
	if h := returnedHeader(root); h != nil {
		r.MailID = id(h.get("message-id"))
		r.Subject = h.text("subject")
	}
}

func returnedHeader(root *node) header {
	n := root.find("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers")
	if n == nil {
		return nil
	}
	h, _ := readHeader(n.data)
	return h
}

func returnedTo(root *node) []string {
	return addressesOf(returnedHeader(root).all("to"))
}

var idLine = regexp.MustCompile(`(?im)^[>\s]*message-id:\s*<([^<>\s]+)>`)

func idInText(text string) string {
	if f := idLine.FindStringSubmatch(text); f != nil {
		return f[1]
	}
	return ""
}
