package wechat

import (
	"regexp"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
)

// refusals is what the API's codes mean for a message (API page message/custom/send
// and the list of global return codes). Nothing was accepted with any of them.
var refusals = map[int]struct {
	kind channel.OutcomeKind
	why  string
}{
	-1:    {channel.OutcomeTransient, "Tencent's system is busy"},
	40001: {channel.OutcomeAuth, "the access token or the app secret is wrong"},
	40014: {channel.OutcomeAuth, "the access token is invalid"},
	41001: {channel.OutcomeAuth, "the access token is missing"},
	42001: {channel.OutcomeAuth, "the access token has expired"},
	42007: {channel.OutcomeAuth, "the access token was revoked"},
	40013: {channel.OutcomeAuth, "the app id is wrong"},
	40164: {channel.OutcomeAuth, "the caller's IP address must be on the account's allow list"},
	45162: {channel.OutcomeAuth, "the account may not send this type of message"},
	48001: {channel.OutcomeAuth, "the account may not use this API"},
	48002: {channel.OutcomeRefused, "the customer has switched off receiving messages"},
	48004: {channel.OutcomeAuth, "the API is closed to the account"},
	50002: {channel.OutcomeAuth, "the account is restricted"},
	40003: {channel.OutcomeBadRecipient, "no such OpenID for this account"},
	40031: {channel.OutcomeBadRecipient, "no such OpenID for this account"},
	43004: {channel.OutcomeBadRecipient, "the customer no longer follows the account"},
	43019: {channel.OutcomeBadRecipient, "the customer is on the account's block list"},
	43101: {channel.OutcomeBadRecipient, "the customer refused messages of this sort"},
	45009: {channel.OutcomeRateLimited, "the day's quota of calls is used up"},
	45011: {channel.OutcomeRateLimited, "too many calls in a minute"},
	45015: {channel.OutcomeWindowClosed, "the customer has not written for 48 hours"},
	45047: {channel.OutcomeWindowClosed, "the number of messages allowed until the customer writes again is used up"},
	40037: {channel.OutcomeRefused, "the template is unknown to the account"},
	47003: {channel.OutcomeRefused, "the template's fields don't fit its data"},
	41028: {channel.OutcomeRefused, "the template message's form is not valid"},
	43116: {channel.OutcomeRefused, "the template is switched off for having been misused"},
	40007: {channel.OutcomeRefused, "the media file is unknown or has expired"},
	40004: {channel.OutcomeRefused, "files of this sort can't be uploaded"},
	40005: {channel.OutcomeRefused, "the file is not of a type that WeChat takes"},
	40006: {channel.OutcomeRefused, "the file is too large for WeChat, or empty"},
	40009: {channel.OutcomeRefused, "the picture is too large for WeChat"},
	40010: {channel.OutcomeRefused, "the voice message is too large for WeChat"},
	40011: {channel.OutcomeRefused, "the video is too large for WeChat"},
	41005: {channel.OutcomeRefused, "the file is empty"},
	45001: {channel.OutcomeRefused, "the file is too large for WeChat"},
	45007: {channel.OutcomeRefused, "the voice message is longer than 60 seconds"},
	40033: {channel.OutcomeRefused, "characters that the API doesn't take"},
	44004: {channel.OutcomeRefused, "the message is empty"},
	45002: {channel.OutcomeRefused, "the message is too long"},
	47001: {channel.OutcomeRefused, "the API could not read the message"},
}

// refusal makes an Outcome of an errcode. A code that isn't listed was an answer all
// the same: nothing was accepted, and nobody knows when it would be.
func (c *client) refusal(code int, msg string) channel.Outcome {
	o := channel.Outcome{Kind: channel.OutcomeRefused, Code: strconv.Itoa(code), Reason: "Tencent refused the message"}
	if r, ok := refusals[code]; ok {
		o.Kind, o.Reason = r.kind, r.why
	}
	switch code {
	case 45009:
		o.RetryAfter = untilTomorrow(c.now())
	case 45011:
		o.RetryAfter = time.Minute
	}
	if rid := requestID.FindStringSubmatch(msg); rid != nil {
		o.Reason += " (rid " + rid[1] + ")"
	}
	return o
}

// requestID is the one part of errmsg worth keeping: Tencent's support asks for it. The
// rest may quote the call.
var requestID = regexp.MustCompile(`\brid: ([0-9a-f]{1,12}-[0-9a-f]{1,12}-[0-9a-f]{1,12})\b`)

// chinaTime is where quotas begin anew at midnight; there is no daylight saving in it.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

// untilTomorrow reaches a minute past midnight in China, since clocks differ.
func untilTomorrow(now time.Time) time.Duration {
	y, m, d := now.In(chinaTime).Date()
	return time.Date(y, m, d+1, 0, 1, 0, 0, chinaTime).Sub(now)
}
