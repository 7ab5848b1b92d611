package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// ses plays SES v2's SendEmail.
func (s *Standin) ses(req *http.Request) (*http.Response, *Message, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case req.Method != http.MethodPost || req.URL.Path != "/v2/email/outbound-emails":
		return sesFault(req, http.StatusNotFound, "NotFoundException"), nil, nil
	case !strings.HasPrefix(req.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "):
		return sesFault(req, http.StatusForbidden, "MissingAuthenticationTokenException"), nil, nil
	}
	m, ok := readSendEmail(body)
	if !ok {
		return sesFault(req, http.StatusBadRequest, "BadRequestException"), nil, nil
	}
	n := s.next()
	m.ID = fmt.Sprintf("01000%011x-%08x-0000-4000-8000-%012x-000000", s.cfg.Now().UnixMilli(), n, n)
	m.MessageID = m.ID + "@email.amazonses.com" // SES puts its own in place of the sender's
	return reply(req, http.StatusOK, map[string]any{"MessageId": m.ID}), m, nil
}

// sendEmail is the request as SES v2 takes it.
type sendEmail struct {
	From        string `json:"FromEmailAddress"`
	ReplyTo     []string
	Destination struct {
		To []string `json:"ToAddresses"`
		Cc []string `json:"CcAddresses"`
	}
	Content struct {
		Raw *struct {
			Data []byte
		}
		Simple *struct {
			Subject struct{ Data string }
			Body    struct{ Text, Html struct{ Data string } } //nolint:revive // SES's own name
		}
	}
}

func readSendEmail(body []byte) (*Message, bool) {
	var in sendEmail
	if json.Unmarshal(body, &in) != nil {
		return nil, false
	}
	m := &Message{Channel: desk.Email, Desk: in.From}
	switch {
	case in.Content.Raw != nil:
		if !readMail(in.Content.Raw.Data, m) {
			return nil, false
		}
	case in.Content.Simple != nil:
		m.Subject, m.Text = in.Content.Simple.Subject.Data, in.Content.Simple.Body.Text.Data
	default:
		return nil, false
	}
	if len(in.Destination.To) > 0 {
		m.Customer = bare(in.Destination.To[0])
	}
	return m, m.Customer != "" && m.Desk != ""
}

// sesFaults names SES's exception by HTTP status.
var sesFaults = map[int]string{400: "MessageRejected", 403: "AccessDeniedException", 404: "NotFoundException", 429: "TooManyRequestsException", 500: "InternalServiceErrorException"}

func sesError(req *http.Request, status int) *http.Response {
	name := sesFaults[status]
	if name == "" {
		name = "InternalServiceErrorException"
	}
	return sesFault(req, status, name)
}

func sesFault(req *http.Request, status int, name string) *http.Response {
	resp := reply(req, status, map[string]any{"message": "refused by the stand-in"})
	resp.Header.Set("X-Amzn-Errortype", name)
	return resp
}
