package standin

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/desk"
)

var (
	twilioPath = regexp.MustCompile(`^/2010-04-01/Accounts/([^/]+)/Messages\.json$`)
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// twilio plays the Message resource of api.twilio.com.
func (s *Standin) twilio(req *http.Request) (*http.Response, *Message, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, nil, err
	}
	if m := twilioMediaPath.FindStringSubmatch(req.URL.Path); m != nil && req.Method == http.MethodGet {
		return s.twilioMedia(req, m[1], m[2]), nil, nil
	}
	path := twilioPath.FindStringSubmatch(req.URL.Path)
	user, password, ok := req.BasicAuth()
	switch {
	case path == nil || req.Method != http.MethodPost:
		return twilioError(req, 20404), nil, nil
	case !ok || user != path[1] && !strings.HasPrefix(user, "SK") || !s.knows(desk.SMS, user, password):
		return twilioError(req, 20003), nil, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return twilioError(req, 20001), nil, nil //nolint:nilerr // the caller's fault, told as Twilio tells it
	}
	if code := twilioCheck(form); code != 0 {
		return twilioError(req, code), nil, nil
	}
	m := &Message{
		Channel: desk.SMS, Customer: form.Get("To"), Text: form.Get("Body"), Callback: form.Get("StatusCallback"),
		Desk: form.Get("From") + form.Get("MessagingServiceSid"), Files: form["MediaUrl"],
		ID: fmt.Sprintf("SM%032x", s.next()),
	}
	return reply(req, http.StatusCreated, s.twilioMessage(path[1], m)), m, nil
}

func twilioCheck(form url.Values) int {
	switch {
	case form.Get("To") == "":
		return 21604
	case !e164.MatchString(form.Get("To")):
		return 21211
	case form.Get("From") == "" && form.Get("MessagingServiceSid") == "":
		return 21603
	case len(form["MediaUrl"]) > 10:
		return 21623
	case slices.ContainsFunc(form["MediaUrl"], badLink):
		return 21620
	case form.Get("Body") == "" && len(form["MediaUrl"]) == 0:
		return 21602
	case utf8.RuneCountInString(form.Get("Body")) > 1600:
		return 21617
	}
	return 0
}

func badLink(u string) bool {
	p, err := url.Parse(u)
	return err != nil || p.Host == "" || p.Scheme != "https" && p.Scheme != "http"
}

func (s *Standin) twilioMessage(account string, m *Message) map[string]any {
	_, n, _ := segments.Count(m.Text)
	return map[string]any{
		"sid": m.ID, "account_sid": account, "api_version": "2010-04-01", "status": "queued", "direction": "outbound-api",
		"to": m.Customer, "from": m.Desk, "body": m.Text, "num_segments": fmt.Sprint(n), "num_media": fmt.Sprint(len(m.Files)),
		"error_code": nil, "error_message": nil, "date_created": s.cfg.Now().UTC().Format(time.RFC1123Z),
		"uri": "/2010-04-01/Accounts/" + account + "/Messages/" + m.ID + ".json",
	}
}

// twilioStatus is the HTTP status of those error codes that don't come with 400.
var twilioStatus = map[int]int{20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503}

func twilioError(req *http.Request, code int) *http.Response {
	status := twilioStatus[code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return reply(req, status, map[string]any{
		"code": code, "message": fmt.Sprintf("refused with %d", code), "status": status, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code),
	})
}
