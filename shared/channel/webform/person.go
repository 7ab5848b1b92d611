package webform

import (
	"context"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// captchaField names the captcha among the fields at fault.
const captchaField = "captcha"

var captchaTexts = map[captcha.Result]text{
	captcha.Missing: textCaptcha, captcha.Expired: textCaptchaOld, captcha.Failed: textCaptchaFailed,
}

// person checks the captcha, if the form has one. Without a verdict the settings decide:
// the customer is not to blame for a provider that is away.
func (c *Channel) person(ctx context.Context, r channel.Request, a *accepted, lang string) error {
	set := c.form.Captcha
	if set.Kind == "" {
		return nil
	}
	v := captcha.Verdict{Result: captcha.Unknown, Why: "settings"}
	if c.Captcha != nil {
		v = c.Captcha(ctx, a.first(captcha.Field(set.Kind)), r.SourceIP, c.id(a.submission, r.At))
	}
	switch v.Result {
	case captcha.Passed:
		return nil
	case captcha.Robot: // nobody can mend a score: an agent looks at it
		a.spam = "captcha_score"
		return nil
	case captcha.Unknown:
		if set.OnTimeout != config.CaptchaRefuse {
			a.mark = v.Why
			return nil
		}
		return c.unproven(503, textCaptchaAway, lang)
	}
	return c.unproven(422, captchaTexts[v.Result], lang)
}

func (c *Channel) unproven(status int, t text, lang string) error {
	return refusal{status: status, faults: []*desk.Error{desk.FieldError(captchaField, "%s", say(lang, t))}}
}
