package webformfn

import (
	"context"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
)

// conversation is the token of /t/{token}/messages.
func conversation(path string) (token string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/t/")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "/messages")
}

// followUp opens the conversation that a signed link names. A link that isn't the
// desk's is NotFound, as a form that is gone.
func (h *Handler) followUp(ctx context.Context, token string) (channel.Channel, error) {
	from, submission, err := h.opened(token)
	if err != nil {
		return nil, err
	}
	c, err := h.form(ctx, from.Account)
	if err != nil {
		return nil, err
	}
	page := ""
	if c.StatusURL != nil {
		page = c.StatusURL(from, submission)
	}
	return c.FollowUp(from, submission, page), nil
}

func (h *Handler) opened(token string) (desk.Address, string, error) {
	key, err := links.Key(h.Secrets)
	if err != nil {
		return desk.Address{}, "", err
	}
	from, submission, ok := links.OpenStatus(key, token, h.Now())
	if !ok || from.Channel != desk.WebForm {
		return desk.Address{}, "", desk.Errorf(desk.NotFound, "no conversation of this address")
	}
	return from, submission, nil
}

// followedForm is the form that a conversation began with; "" is no form.
func (h *Handler) followedForm(token string) string {
	from, _, err := h.opened(token)
	if err != nil {
		return ""
	}
	return from.Account
}
