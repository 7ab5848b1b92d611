package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// maxLimit: so many times are kept with the sender's address, whose row is read with
// each message.
const maxLimit = 100

// maxFields of one form: more is hardly a form that a customer fills in.
const maxFields = 40

var (
	fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)
	ownNames  = []string{"_next", "_lang", "_id"} // read by the desk itself
)

// roleTypes tells which types of field may play which role.
var roleTypes = map[string][]FieldType{
	"name":    {FieldText},
	"mail":    {FieldMail},
	"phone":   {FieldPhone},
	"subject": {FieldText, FieldChoice},
	"message": {FieldTextarea, FieldText},

	RoleKind:   {FieldChoice},
	RoleRating: {FieldChoice},
}

// maxChars bounds a field's max, by type.
var maxChars = map[FieldType]int{
	FieldText: 1000, FieldTextarea: 20_000, FieldMail: 254, FieldPhone: 40, FieldChoice: 200, FieldFile: MaxUpload,
}

func (c *checker) forms(forms []Form) {
	ids := map[string]bool{}
	for i, f := range forms {
		path := fmt.Sprintf("forms[%d]", i)
		c.id(path+".id", f.ID, ids)
		c.needText(path+".title", f.Title)
		c.knownTeam(path+".team", f.Team)
		if !slices.Contains(desk.Types, f.Type) {
			c.at(path+".type", "should be inquiry, complaint, suggestion, praise or task")
		}
		c.fields(path, f)
		c.feedbackForm(path, f)
		c.captcha(path+".captcha", f.Captcha)
		if f.LimitPerHour < 1 || f.LimitPerHour > maxLimit {
			c.at(path+".limit_per_hour", "should be from 1 to %d", maxLimit)
		}
		for j, o := range f.Origins {
			c.origin(fmt.Sprintf("%s.origins[%d]", path, j), o)
		}
		for j, r := range f.Redirects {
			c.redirect(fmt.Sprintf("%s.redirects[%d]", path, j), r)
		}
	}
}

func (c *checker) fields(path string, f Form) {
	names, roles := map[string]bool{}, map[string]bool{}
	for i, field := range f.Fields {
		c.field(fmt.Sprintf("%s.fields[%d]", path, i), field, names, roles)
	}
	if slices.Contains(ownNames, f.Honeypot) || names[f.Honeypot] {
		c.at(path+".honeypot", "%q is a field that people fill in: each of them would be taken for a robot", f.Honeypot)
	}
	if len(f.Fields) == 0 || len(f.Fields) > maxFields {
		c.at(path+".fields", "there should be from 1 to %d fields", maxFields)
		return
	}
	if !roles["message"] {
		c.at(path+".fields", "one field needs role: message, or tickets would have no text")
	}
	if !roles["mail"] && !roles["phone"] {
		c.warn(path+".fields", "no field has role mail or phone: nobody can be answered")
	}
}

func (c *checker) field(path string, f FormField, names, roles map[string]bool) {
	switch {
	case f.Name == "":
		c.at(path+".name", "is missing")
	case !fieldName.MatchString(f.Name):
		c.at(path+".name", "may have up to 40 of A-Z, a-z, 0-9, - and _, beginning with a letter")
	case names[f.Name]:
		c.at(path+".name", "%q is taken already", f.Name)
	}
	names[f.Name] = true
	c.needText(path+".label", f.Label)
	if most, ok := maxChars[f.Type]; !ok {
		c.at(path+".type", "should be text, textarea, email, phone, choice or file")
	} else if f.Max < 1 || f.Max > most {
		c.at(path+".max", "should be from 1 to %d", most)
	}
	c.choices(path, f)
	c.role(path+".role", f, roles)
}

func (c *checker) choices(path string, f FormField) {
	switch {
	case f.Type == FieldChoice && len(f.Choices) == 0:
		c.at(path+".choices", "a choice needs choices")
	case f.Type != FieldChoice && len(f.Choices) > 0:
		c.at(path+".choices", "only a field of type choice has choices")
	}
	seen := map[string]bool{}
	for i, ch := range f.Choices {
		p := fmt.Sprintf("%s.choices[%d]", path, i)
		if ch.Value == "" || seen[ch.Value] {
			c.at(p+".value", "should be there and differ from the others")
		}
		seen[ch.Value] = true
		c.needText(p+".label", ch.Label)
	}
}

func (c *checker) role(path string, f FormField, roles map[string]bool) {
	if f.Role == "" {
		return
	}
	types, ok := roleTypes[f.Role]
	switch {
	case !ok:
		c.at(path, "should be name, mail, phone, subject, message, kind or rating")
	case roles[f.Role]:
		c.at(path, "another field has the role %s already", f.Role)
	case !slices.Contains(types, f.Type):
		c.at(path, "a field of type %s can't have the role %s", f.Type, f.Role)
	}
	roles[f.Role] = true
}

// origin: what a browser sends as Origin (RFC 6454 6.1), never null and never a
// pattern.
func (c *checker) origin(path, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.Scheme+"://"+u.Host != s || strings.ToLower(s) != s || strings.Contains(s, "*") {
		c.at(path, "should be scheme://host[:port] in lower case, such as https://shop.example")
	}
}

// redirect: the slash behind the host keeps https://shop.example.evil out.
func (c *checker) redirect(path, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.Path == "" || u.User != nil {
		c.at(path, "should be the beginning of an address, at least to the slash behind the host, such as https://shop.example/")
	}
}

var (
	captchaKinds = []CaptchaKind{Turnstile, HCaptcha, ReCaptchaV2, ReCaptchaV3}
	siteKey      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
	hostname     = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

func (c *checker) captcha(path string, set Captcha) {
	if set.Kind == "" {
		if set.SiteKey != "" || len(set.Hostnames) > 0 || set.OnTimeout != "" || set.MinScore != 0 {
			c.at(path+".kind", "is missing")
		}
		return
	}
	if !slices.Contains(captchaKinds, set.Kind) {
		c.at(path+".kind", "should be turnstile, hcaptcha, recaptcha_v2 or recaptcha_v3")
	}
	if !siteKey.MatchString(set.SiteKey) {
		c.at(path+".site_key", "should be the key that the provider gives for pages")
	}
	if set.OnTimeout != CaptchaAccept && set.OnTimeout != CaptchaRefuse {
		c.at(path+".on_timeout", "should be accept or refuse")
	}
	if set.MinScore < 0 || set.MinScore > 1 || set.MinScore != 0 && set.Kind != ReCaptchaV3 {
		c.at(path+".min_score", "should be from 0 to 1, and only of recaptcha_v3")
	}
	for i, h := range set.Hostnames {
		if !hostname.MatchString(h) {
			c.at(fmt.Sprintf("%s.hostnames[%d]", path, i), "should be a host's name alone, in lower case, such as shop.example")
		}
	}
}
