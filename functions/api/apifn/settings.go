package apifn

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/store"
)

// settingsHead is a version without its text.
type settingsHead struct {
	Version    int64      `json:"version"`
	PutAt      *time.Time `json:"put_at"`
	PutBy      *string    `json:"put_by"`
	PutByName  *string    `json:"put_by_name"`
	Source     *string    `json:"source"`
	Note       *string    `json:"note"`
	RestoredOf *int64     `json:"restored_of"`
}

type settingsView struct {
	settingsHead
	Text    *string           `json:"text"` // null where it was not kept
	Files   map[string]string `json:"files"`
	InForce int64             `json:"in_force"` // the version that this function works with now
}

func headSettings(v store.SettingsText) settingsHead {
	h := settingsHead{Version: v.Version, PutAt: moment(v.At), PutBy: orNull(v.By.ID), PutByName: orNull(v.By.Name), Source: orNull(v.Source), Note: orNull(v.Note)}
	if v.Of != 0 {
		h.RestoredOf = &v.Of
	}
	return h
}

func (a *api) answerSettings(c *call, v store.SettingsText) error {
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	out := settingsView{settingsHead: headSettings(v), Text: orNull(v.Text), Files: v.Files, InForce: s.Version}
	if out.Files == nil {
		out.Files = map[string]string{}
	}
	if s.Version != v.Version { // the tag doesn't tell of in_force, which somebody may be waiting for
		c.r.Header.Del("If-None-Match")
	}
	c.w.Header().Set("ETag", etag(v.Version))
	return c.json(http.StatusOK, out)
}

func (a *api) edit() settings.Desk { return settings.Desk{Store: a.Store} }

func (a *api) getSettings(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	v, err := a.edit().Current(c.ctx)
	if err != nil {
		return err
	}
	return a.answerSettings(c, v)
}

// draftBody is settings in a request: as JSON, or desk.yaml alone.
type draftBody struct {
	Text  *string           `json:"text"`
	Files map[string]string `json:"files"`
	Note  string            `json:"note"`
}

// yamlTypes are what desk.yaml may come as (RFC 9512).
var yamlTypes = []string{"application/yaml", "application/x-yaml", "text/yaml"}

func (c *call) draft() (settings.Draft, string, error) {
	if _, err := c.params(); err != nil {
		return settings.Draft{}, "", err
	}
	if c.comesAs(yamlTypes...) {
		text, err := c.read()
		if err == nil && !utf8.Valid(text) {
			err = errNotUTF8
		}
		return settings.Draft{Text: string(text)}, "", err
	}
	var b draftBody
	if err := c.body(&b); err != nil {
		return settings.Draft{}, "", err
	}
	switch {
	case b.Text == nil:
		return settings.Draft{}, "", badField("text", "is missing")
	case utf8.RuneCountInString(b.Note) > 200 || strings.ContainsAny(b.Note, "\r\n"):
		return settings.Draft{}, "", badField("note", "may have one line of at most 200 characters")
	}
	return settings.Draft{Text: *b.Text, Files: b.Files}, b.Note, nil
}

type settingsFault struct {
	Line    *int   `json:"line"` // null: of the whole
	Field   string `json:"field"`
	Message string `json:"message"`
}

func viewFault(f config.Fault) settingsFault {
	v := settingsFault{Field: f.Path, Message: f.Text}
	if f.Line > 0 {
		v.Line = &f.Line
	}
	return v
}

type checkedView struct {
	Valid    bool            `json:"valid"`
	Faults   []settingsFault `json:"faults"`
	Warnings []settingsFault `json:"warnings"`
	Version  int64           `json:"version"` // the last one, which a change must be made from
}

func viewChecked(k settings.Checked, last int64) checkedView {
	return checkedView{len(k.Faults) == 0, viewAll(k.Faults, viewFault), viewAll(k.Warnings, viewFault), last}
}

func (a *api) validateSettings(c *call) error {
	d, _, err := c.draft()
	if err != nil {
		return err
	}
	checked, last, err := a.edit().Check(c.ctx, d)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, viewChecked(checked, last.Version))
}

func (a *api) diffSettings(c *call) error {
	d, _, err := c.draft()
	if err != nil {
		return err
	}
	got, err := a.edit().Compare(c.ctx, d)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, struct {
		checkedView
		Diff     string             `json:"diff"`
		Sections []settings.Section `json:"sections"`
	}{viewChecked(got.Checked, got.Last.Version), got.Diff, got.Sections})
}

// base reads If-Match, which a change of the settings can't do without: it says which
// version it was made from. * is whichever is there.
func (c *call) base() (int64, error) {
	tag := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if tag == "" {
		return 0, problem{Status: http.StatusPreconditionRequired, Detail: "Say with If-Match which version this was made from: the ETag of GET /v1/settings."}
	}
	if tag == "*" {
		return -1, nil
	}
	v, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || v < 0 || tag != etag(v) {
		return 0, errPrecondition
	}
	return v, nil
}

func (c *call) settingsAct(note string) settings.Act {
	return settings.Act{By: c.by, At: c.at, Source: settings.FromAPI, Note: note}
}

func (a *api) putSettings(c *call) error {
	d, note, err := c.draft()
	if err != nil {
		return err
	}
	base, err := c.base()
	if err != nil {
		return err
	}
	v, err := a.edit().Put(c.ctx, c.settingsAct(note), base, d)
	if err != nil {
		return c.settingsProblem(err)
	}
	return a.answerSettings(c, v)
}

// settingsProblem names faults by line and field, and who was quicker.
func (c *call) settingsProblem(err error) error {
	var newer *settings.Newer
	var faults config.Faults
	switch {
	case errors.As(err, &newer):
		c.tagNow = func() string { return etag(newer.Last.Version) }
		return problem{Status: http.StatusPreconditionFailed, Detail: sentence(newer.Error())}
	case errors.As(err, &faults):
		p := problem{Status: http.StatusUnprocessableEntity, Detail: "The settings have faults; nothing was changed."}
		for _, f := range faults {
			message := f.Text
			if f.Line > 0 {
				message = "line " + strconv.Itoa(f.Line) + ": " + message
			}
			p.Errors = append(p.Errors, fault{f.Path, message, f.Line})
		}
		return p
	}
	return err
}

func (a *api) listSettings(c *call) error {
	p, err := c.params("cursor", "limit")
	if err != nil {
		return err
	}
	cursor, limit, err := p.page()
	if err != nil {
		return err
	}
	list, next, err := a.Store.SettingsTexts(c.ctx, cursor, limit)
	if err != nil {
		return refusedCursor(err)
	}
	return c.json(http.StatusOK, pageView[settingsHead]{viewAll(list, headSettings), p.next(next)})
}

// settingsVersion is the one that the path names.
func (c *call) settingsVersion() (int64, error) {
	if _, err := c.params(); err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(c.r.PathValue("version"), 10, 64)
	if err != nil || v < 1 || v > 999_999_999 {
		return 0, desk.Errorf(desk.NotFound, "no such version, or its text was not kept")
	}
	return v, nil
}

func (a *api) getSettingsVersion(c *call) error {
	n, err := c.settingsVersion()
	if err != nil {
		return err
	}
	v, err := a.edit().Version(c.ctx, n)
	if err != nil {
		return err
	}
	return a.answerSettings(c, v)
}

func (a *api) restoreSettings(c *call) error {
	n, err := c.settingsVersion()
	if err != nil {
		return err
	}
	base, err := c.base()
	if err != nil {
		return err
	}
	v, err := a.edit().Restore(c.ctx, c.settingsAct(""), base, n)
	if err != nil {
		return c.settingsProblem(err)
	}
	return a.answerSettings(c, v)
}
