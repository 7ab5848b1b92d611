package email

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"crypto/sha256"
	"encoding/hex"
)

// envelope is what SNS wraps a notice in, unless the topic delivers raw.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
type envelope struct {
	Type      string `json:"Type"`
	MessageID string `json:"MessageId"`
	TopicArn  string `json:"TopicArn"`
	Message   string `json:"Message"`
	Timestamp string `json:"Timestamp"`
}

// notice is SES's, of a mail received or of what became of one sent.
// https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
type notice struct {
	Kind    string   `json:"notificationType,omitempty"` // Received; Bounce, … of an identity's notices
	Event   string   `json:"eventType,omitempty"`        // of a configuration set's events
	Receipt *receipt `json:"receipt,omitempty"`
	Mail    sesMail  `json:"mail"`
	Content string   `json:"content,omitempty"` // SNS action only: the mail itself

	Bounce    *bounceEvent    `json:"bounce,omitempty"`
	Complaint *complaintEvent `json:"complaint,omitempty"`
	Delivery  *timed          `json:"delivery,omitempty"`
	Reject    *struct {
		Reason string `json:"reason"`
	} `json:"reject,omitempty"`
	Delay *struct {
		Type      string      `json:"delayType"`
		Timestamp string      `json:"timestamp"`
		Delayed   []recipient `json:"delayedRecipients"`
	} `json:"deliveryDelay,omitempty"`
}

type receipt struct {
	Timestamp  string   `json:"timestamp"`
	Recipients []string `json:"recipients"`
	Spam       verdict  `json:"spamVerdict"`
	Virus      verdict  `json:"virusVerdict"`
	SPF        verdict  `json:"spfVerdict"`
	DKIM       verdict  `json:"dkimVerdict"`
	DMARC      verdict  `json:"dmarcVerdict"`
	Action     action   `json:"action"`
}

type verdict struct {
	Status string `json:"status"`
}

func (v verdict) pass() bool { return v.Status == "PASS" }
func (v verdict) fail() bool { return v.Status == "FAIL" }

type action struct {
	Type      string `json:"type"`
	TopicArn  string `json:"topicArn,omitempty"`
	Bucket    string `json:"bucketName,omitempty"`
	ObjectKey string `json:"objectKey,omitempty"`
	Encoding  string `json:"encoding,omitempty"`
}

type sesMail struct {
	Timestamp        string              `json:"timestamp"`
	Source           string              `json:"source"`
	MessageID        string              `json:"messageId"`
	Destination      []string            `json:"destination"`
	HeadersTruncated bool                `json:"headersTruncated"`
	Headers          []sesHeader         `json:"headers,omitempty"`
	Common           commonHeaders       `json:"commonHeaders,omitzero"`
	Tags             map[string][]string `json:"tags,omitempty"`
}

type sesHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type commonHeaders struct {
	ReturnPath string   `json:"returnPath,omitempty"`
	From       []string `json:"from,omitempty"`
	Date       string   `json:"date,omitempty"`
	To         []string `json:"to,omitempty"`
	MessageID  string   `json:"messageId,omitempty"`
	Subject    string   `json:"subject,omitempty"`
}

type recipient struct {
	Address string `json:"emailAddress"`
	Action  string `json:"action"`
	Status  string `json:"status"`
}

type bounceEvent struct {
	Type       string      `json:"bounceType"` // Permanent, Transient, Undetermined
	SubType    string      `json:"bounceSubType"`
	Recipients []recipient `json:"bouncedRecipients"`
	Timestamp  string      `json:"timestamp"`
	FeedbackID string      `json:"feedbackId"`
}

type complaintEvent struct {
	Recipients []recipient `json:"complainedRecipients"`
	Timestamp  string      `json:"timestamp"`
	FeedbackID string      `json:"feedbackId"`
	Type       string      `json:"complaintFeedbackType"`
}

type timed struct {
	Timestamp  string   `json:"timestamp"`
	Recipients []string `json:"recipients"`
}

// setupID is the id of the object and the notice that SES makes when a rule is set up.
const setupID = "AMAZON_SES_SETUP_NOTIFICATION"

// unwrap takes a record's body out of SNS's envelope, if it is in one, and names the
// topic. ok is false for what is neither an envelope nor a notice.
func unwrap(body []byte) (inner []byte, topic string, ok bool) {
	var e envelope
	if json.Unmarshal(body, &e) == nil && e.Type == "Notification" && e.TopicArn != "" {
		return []byte(e.Message), e.TopicArn, true
	}
	n, ok := readNotice(body)
	if !ok {
		return nil, "", false
	}
	if n.Receipt != nil {
		topic = n.Receipt.Action.TopicArn
	}
	return body, topic, true
}

func readNotice(b []byte) (notice, bool) {
	var n notice
	if json.Unmarshal(b, &n) != nil || n.event() == "" || n.Mail.MessageID == "" {
		return n, false
	}
	return n, n.event() != "Received" || n.Receipt != nil
}

// event is Received, or what became of a mail sent.
func (n notice) event() string {
	if n.Event != "" {
		return n.Event
	}
	return n.Kind
}

// from is who wrote a received mail: the From header, else the envelope's sender.
func (n notice) from() string {
	for _, f := range n.Mail.Common.From {
		if boxes := ParseAddresses(f); len(boxes) > 0 {
			return boxes[0].Address
		}
	}
	return address(strings.Trim(n.Mail.Source, "<>"))
}

// time reads SES's time of the mail.
func (n notice) time() time.Time {
	t, err := time.Parse(time.RFC3339, n.Mail.Timestamp)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Recipients gives the addresses of ours that an SQS record's body is about, in lower
// case: those that took a mail received (receipt.recipients: Bcc and aliases count,
// and mail.destination's other people don't), or the one a mail was sent from that an
// event is about. Which accounts they belong to is for the caller to decide, by
// Untagged. It is empty for what can't be read.
func Recipients(body []byte) []string {
	inner, _, ok := unwrap(body)
	if !ok {
		return nil
	}
	n, ok := readNotice(inner)
	if !ok {
		return nil
	}
	if n.Receipt == nil {
		return addressesOf([]string{n.Mail.Source})
	}
	return addressesOf(n.Receipt.Recipients)
}

// Verdicts are SES's findings on a mail, in its words: PASS, FAIL, GRAY,
// PROCESSING_FAILED. An empty one is PASS.
type Verdicts struct{ SPF, DKIM, DMARC, Spam, Virus string }

func found(v string) verdict {
	if v == "" {
		v = "PASS"
	}
	return verdict{v}
}

// Notice makes the SNS notification of SES's notice that a mail was received and lies
// under objectKey, for the local desk and for tests. It is the same for the same mail. at
// is the time of receipt.
func Notice(recipient, objectKey string, raw []byte, at time.Time, v Verdicts) []byte {
	h, _ := readHeader(raw)
	m := fromHeader(h)
	sum := sha256.Sum256(append([]byte(recipient+"\n"+objectKey+"\n"), raw...))
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	n := notice{
		Kind: "Received",
		Receipt: &receipt{
			Timestamp: stamp, Recipients: []string{recipient},
			Spam: found(v.Spam), Virus: found(v.Virus), SPF: found(v.SPF), DKIM: found(v.DKIM), DMARC: found(v.DMARC),
			Action: action{Type: "S3", TopicArn: localTopic, Bucket: "local", ObjectKey: objectKey},
		},
		Mail: sesMail{
			Timestamp: stamp, Source: m.From, MessageID: hex.EncodeToString(sum[:20]), Destination: []string{recipient},
			Common: commonHeaders{ReturnPath: m.From, From: from(m), Date: clean(h.get("date")), To: m.To,
				MessageID: clean(h.get("message-id")), Subject: m.Subject},
		},
	}
	inner, _ := json.Marshal(n) // plain values: cannot fail
	out, _ := json.Marshal(envelope{Type: "Notification", MessageID: hex.EncodeToString(sum[20:]), TopicArn: localTopic,
		Message: string(inner), Timestamp: stamp})
	return out
}

const localTopic = "arn:aws:sns:us-east-1:000000000000:deskhook-mail"

func from(m Mail) []string {
	if m.From == "" {
		return nil
	}
	if m.FromName == "" {
		return []string{m.From}
	}
	return []string{fmt.Sprintf("%q <%s>", m.FromName, m.From)}
}

// raw gives the mail that an SNS action put into the notice itself.
func (n notice) raw() []byte {
	if n.Receipt != nil && strings.EqualFold(n.Receipt.Action.Encoding, "BASE64") {
		b, _ := base64.StdEncoding.DecodeString(n.Content)
		return b
	}
	return []byte(n.Content)
}
