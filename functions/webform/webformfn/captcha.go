package webformfn

import (
	"context"
	"net/url"

	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// captcha asks the provider of a form's captcha, and tells the operator where there was
// no verdict: the setting on_timeout decides about the customer, not about the alarm.
func (h *Handler) captcha(set *config.Settings, f config.Form) func(context.Context, string, string, string) captcha.Verdict {
	return func(ctx context.Context, token, ip, id string) captcha.Verdict {
		secrets, err := h.Secrets.Values(config.SecretName(desk.WebForm, f.ID, config.CaptchaSecret))
		if err != nil {
			secrets = nil
		}
		v := captcha.Ask(ctx, h.HTTP, captcha.Check{
			Settings: f.Captcha, Secrets: secrets, Hosts: hosts(set, f), Action: captcha.Action(f.ID),
			Token: token, RemoteIP: ip, ID: id,
		})
		if v.Result == captcha.Unknown {
			h.Log.ErrorContext(ctx, "webhook", "metric", "captcha_unknown", "channel", desk.WebForm, "form", f.ID, "why", v.Why)
		}
		return v
	}
}

// hosts are those that a form's page may stand on.
func hosts(set *config.Settings, f config.Form) []string {
	if len(f.Captcha.Hostnames) > 0 {
		return f.Captcha.Hostnames
	}
	var names []string
	for _, address := range append([]string{set.Desk.PublicURL}, f.Origins...) {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			names = append(names, u.Hostname())
		}
	}
	return names
}
