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

// mediaHops is how many redirects are followed: "the URI … can redirect several times".
const mediaHops = 3

// FetchMedia gets a file of a message from Twilio, signed in, since accounts may ask
// for it. Only Twilio's own address is called, since the reference came in with a
// message; from there Twilio sends on to its file servers (its help page "Protect Media
// Access with HTTP Basic Authentication" names them), and they are followed to without
// our credentials.
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
	for range mediaHops {
		m, next, err := s.mediaHop(req, max)
		if err != nil || next == "" {
			return m, err
		}
		if req, err = fileServer(ctx, req.URL, next); err != nil {
			return channel.Media{}, err
		}
	}
	return channel.Media{}, desk.Errorf(desk.Transient, "sms: Twilio's redirects don't end")
}

// mediaHop makes one call: it gives the file, or where it lies.
func (s *Sender) mediaHop(req *http.Request, max int64) (m channel.Media, next string, err error) {
	resp, err := s.http.Do(req)
	if err != nil {
		return m, "", desk.Errorf(desk.Transient, "sms: no answer from Twilio")
	}
	defer func() { _ = resp.Body.Close() }()
	if to := resp.Header.Get("Location"); resp.StatusCode/100 == 3 && to != "" {
		return m, to, nil
	}
	if err := mediaFault(resp.StatusCode); err != nil {
		return m, "", err
	}
	m, err = readMedia(resp, max)
	return m, "", err
}

// fileServer makes the call that a redirect asks for, to Twilio's file servers and
// nobody else.
func fileServer(ctx context.Context, from *url.URL, to string) (*http.Request, error) {
	u, err := from.Parse(to) // which also takes out /../
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || !holdsMedia(u) {
		return nil, desk.Errorf(desk.Forbidden, "sms: Twilio sends on to an address that is not one of its file servers")
	}
	return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
}

func holdsMedia(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return strings.HasSuffix(host, ".twiliocdn.com") ||
		host == "s3-external-1.amazonaws.com" && strings.HasPrefix(u.Path, "/media.twiliocdn.com/")
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
