package sms

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

var _ channel.MediaFetcher = (*Sender)(nil)

// FetchMedia gets a file of a message from Twilio, signed in, since accounts may ask
// for it. Only Twilio's own address is called: the reference came in with a message.
// Errors are *desk.Error: Invalid for any other reference, NotFound when the file is
// gone, TooLarge above max bytes, Forbidden for the account's own fault, else Transient.
func (s *Sender) FetchMedia(ctx context.Context, ref string, max int64) (channel.Media, error) {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "https" || u.Host != "api.twilio.com" || u.User != nil {
		return channel.Media{}, desk.FieldError("ref", "not a file at Twilio")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return channel.Media{}, desk.FieldError("ref", "not a file at Twilio")
	}
	req.SetBasicAuth(s.AccountSID, s.token)
	resp, err := s.http.Do(req)
	if err != nil {
		return channel.Media{}, desk.Errorf(desk.Transient, "sms: no answer from Twilio")
	}
	defer func() { _ = resp.Body.Close() }()
	if err := mediaFault(resp.StatusCode); err != nil {
		return channel.Media{}, err
	}
	return readMedia(resp, max)
}

func mediaFault(status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusNotFound, http.StatusGone:
		return desk.Errorf(desk.NotFound, "sms: Twilio has the file no longer")
	case http.StatusUnauthorized, http.StatusForbidden:
		return desk.Errorf(desk.Forbidden, "sms: Twilio refuses the account SID or the auth token")
	}
	return desk.Errorf(desk.Transient, "sms: Twilio answered with status %d", status)
}

func readMedia(resp *http.Response, max int64) (channel.Media, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, max+1))
	switch {
	case err != nil:
		return channel.Media{}, desk.Errorf(desk.Transient, "sms: Twilio's answer was cut short")
	case int64(len(data)) > max:
		return channel.Media{}, desk.Errorf(desk.TooLarge, "sms: the file is too large")
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return channel.Media{Type: strings.TrimSpace(kind), Data: data}, nil
}
