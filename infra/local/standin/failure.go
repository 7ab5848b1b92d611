package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// FailureKind says how a call goes wrong.
type FailureKind int

// The ways a call to a provider goes wrong.
const (
	FailNot         FailureKind = iota // it doesn't: lets one call of a script pass
	FailCode                           // the provider refuses with Code; nothing is accepted
	FailDial                           // no connection: provably nothing is accepted
	FailTimeout                        // no answer, and nothing was accepted
	FailAfterAccept                    // accepted, and the answer is lost: outcome unknown
)

// Failure is one scripted fault. Code is WeChat's errcode, Twilio's error code or the
// HTTP status of SES and of siteverify (desk.WebForm); RetryAfter, in seconds, goes out as a header if above 0.
type Failure struct {
	Kind       FailureKind
	Code       int
	RetryAfter int
}

// Fail scripts the next calls that would send a message on a channel, in their order,
// behind what is scripted already. Calls for tokens and media are not counted.
func (s *Standin) Fail(c desk.Channel, script ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[c] = append(s.script[c], script...)
}

// RefuseTokens answers each call for a WeChat access token with an errcode from now on; 0
// takes it back.
func (s *Standin) RefuseTokens(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.barred = code
}

func (s *Standin) tokenRefusal() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.barred
}

// sends lists the ends of the paths that send.
var sends = []string{"/message/custom/send", "/message/template/send", "/message/subscribe/bizsend", "/Messages.json", "/outbound-emails", "/siteverify", "/webhook/send", "/robot/send"}

func (s *Standin) nextFailure(c desk.Channel, req *http.Request) Failure {
	sending := slices.ContainsFunc(sends, func(end string) bool { return strings.HasSuffix(req.URL.Path, end) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sending || len(s.script[c]) == 0 {
		return Failure{}
	}
	f := s.script[c][0]
	s.script[c] = s.script[c][1:]
	return f
}

func failureResponse(req *http.Request, c desk.Channel, f Failure) *http.Response {
	var resp *http.Response
	switch c {
	case desk.WeChat:
		resp = wechatError(req, f.Code, "scripted")
	case desk.SMS:
		resp = twilioError(req, f.Code)
	case GroupRobot:
		resp = robotAnswer(req, f.Code)
	case desk.WebForm:
		resp = reply(req, f.Code, map[string]any{})
	default:
		resp = sesError(req, f.Code)
	}
	if f.RetryAfter > 0 {
		resp.Header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	return resp
}

// reply is a response with a JSON body.
func reply(req *http.Request, status int, body any) *http.Response {
	b, err := json.Marshal(body)
	if err != nil {
		status, b = http.StatusInternalServerError, nil
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   readCloser(b), ContentLength: int64(len(b)), Request: req,
	}
}
