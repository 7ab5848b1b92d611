package email

import (
	"bytes"
	"encoding/json"
	"time"
)

// explained is the form Explain gives: its keys are a promise to scripts.
type explained struct {
	From        string          `json:"from"`
	FromName    string          `json:"from_name"`
	To          []string        `json:"to"`
	Cc          []string        `json:"cc"`
	Subject     string          `json:"subject"`
	Date        string          `json:"date"`
	MessageID   string          `json:"message_id"`
	InReplyTo   string          `json:"in_reply_to"`
	References  []string        `json:"references"`
	Text        string          `json:"text"`
	Reply       string          `json:"reply"`
	HTML        string          `json:"html"`
	Attachments []explainedFile `json:"attachments"`
	Kind        Kind            `json:"kind"`
	Why         string          `json:"why"`
}

type explainedFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Explain reads a raw mail and says as JSON what the desk makes of it: always the same
// keys, lists never null, the date in RFC 3339 (UTC) or "", ids without <>. It fails
// only where Read does.
func Explain(raw []byte) ([]byte, error) {
	m, err := Read(raw)
	if err != nil {
		return nil, err
	}
	e := explained{
		From: m.From, FromName: m.FromName, To: list(m.To), Cc: list(m.Cc), Subject: m.Subject,
		MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: list(m.References),
		Text: m.Text, Reply: m.Reply, HTML: m.HTML, Attachments: []explainedFile{}, Kind: m.Kind, Why: m.Why,
	}
	if !m.Date.IsZero() {
		e.Date = m.Date.Format(time.RFC3339)
	}
	for _, a := range m.Attachments {
		e.Attachments = append(e.Attachments, explainedFile{a.Name, a.Type, a.Size, a.SHA256})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(e)
	return b.Bytes(), err
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
