package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Settings are an account's, as they stand in desk.yaml.
type Settings struct {
	Address  string   `json:"address"`   // the mailbox, such as help@example.com
	Name     string   `json:"from_name"` // shown in From of what the desk sends
	TopicArn string   `json:"topic_arn"` // optional: the only SNS topic whose notices are taken
	Own      []string `json:"own"`       // addresses and domains whose mail is the desk's own
}

// ReadSettings decodes and checks an account's settings.
func ReadSettings(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, &desk.Error{Kind: desk.Invalid, Field: "settings", Text: "not an e-mail account's settings", Err: err}
	}
	s.Address = strings.ToLower(strings.TrimSpace(s.Address))
	boxes := ParseAddresses(s.Address)
	if len(boxes) != 1 || boxes[0].Address != s.Address || strings.Count(s.Address, "@") != 1 {
		return s, desk.FieldError("address", "must be one mail address, such as help@example.com")
	}
	if s.TopicArn != "" && !strings.HasPrefix(s.TopicArn, "arn:aws") {
		return s, desk.FieldError("topic_arn", "must be an SNS topic's ARN or be left out")
	}
	return s, nil
}

// own says whether a sender is the desk itself: its mailbox (with any tag), or listed.
func (s Settings) own(from string) bool {
	from = Untagged(from)
	if from == Untagged(s.Address) {
		return true
	}
	for _, o := range s.Own {
		o = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(o)), "@")
		if o != "" && (from == o || domainOf(from) == o) {
			return true
		}
	}
	return false
}

type mailChannel struct {
	account  string
	settings Settings
}

// New makes the channel of one mailbox. Its Request is an SQS record: Body is the
// record's body, an SES notice within an SNS notification or bare. There is no secret:
// the queue's policy is the authentication (see the package's documentation).
func New(a channel.Account) (channel.Channel, error) {
	s, err := ReadSettings(a.Settings)
	if err != nil {
		return nil, err
	}
	return &mailChannel{account: a.Name, settings: s}, nil
}

// Name is desk.Email.
func (c *mailChannel) Name() desk.Channel { return desk.Email }

// Verify takes notices of SES, from the account's topic where one is set.
func (c *mailChannel) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	inner, topic, ok := unwrap(r.Body)
	if !ok {
		return channel.Verified{}, fmt.Errorf("%w: not a notice of SES", channel.ErrUnauthentic)
	}
	if c.settings.TopicArn != "" && topic != c.settings.TopicArn {
		return channel.Verified{}, fmt.Errorf("%w: not from the account's topic", channel.ErrUnauthentic)
	}
	return channel.Verified{Request: r, Body: inner}, nil
}

// testMessage is what SES sends once when a topic is connected to a configuration set.
const testMessage = "Successfully validated SNS topic"

// Envelopes gives one envelope for each notice, and none for those SES makes when
// something is set up.
func (c *mailChannel) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	e := channel.Envelope{Channel: desk.Email, Account: c.account, At: v.Request.At, Body: v.Body, Shadow: v.Shadow}
	n, ok := readNotice(v.Body)
	switch {
	case !ok && strings.HasPrefix(string(v.Body), testMessage):
		return nil, nil
	case !ok:
		e.Order, e.Dedup = hashed(v.Body), hashed(v.Body)
	case n.Mail.MessageID == setupID:
		return nil, nil
	case n.Receipt != nil:
		e.Order, e.Dedup, e.Blob = n.from(), n.Mail.MessageID, n.Receipt.Action.ObjectKey
	default:
		e.Order, e.Dedup = n.about(), n.eventID()
	}
	if e.Order == "" {
		e.Order = hashed(v.Body)
	}
	return []channel.Envelope{e}, nil
}

func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Parse reads a notice and the mail that belongs to it.
func (c *mailChannel) Parse(e channel.Envelope) ([]desk.Inbound, error) {
	n, ok := readNotice(e.Body)
	if !ok {
		return nil, fmt.Errorf("%w: not a notice of SES", channel.ErrUnreadable)
	}
	if n.Receipt == nil {
		return c.parseEvent(n), nil
	}
	raw := e.Content
	if len(raw) == 0 {
		raw = n.raw()
	}
	m, err := Read(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: the raw mail is empty or was not found in the bucket", channel.ErrUnreadable)
	}
	return c.parseMail(n, m), nil
}
