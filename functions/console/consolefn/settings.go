package consolefn

import (
	"errors"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/store"
)

type settingsPage struct {
	frame
	Last    store.SettingsText // the newest version
	InForce int64
	Text    string // in the field
	Base    int64  // the version it was made from
	Lines   []lineMark

	Checked  bool // Text was checked: faults, or what it would change
	Faults   []config.Fault
	Warnings []config.Warning
	Diff     []diffLine
	Sections []sectionRow
	Newer    *settings.Newer // somebody was quicker
	Put      bool            // the newest version has just been put
	Note     string
}

// lineMark is a line's number beside the field.
type lineMark struct {
	N    int
	Mark string // bad, warn or ""
}

type diffLine struct{ Kind, Text string } // Kind: add, del, at or ""

type sectionRow struct {
	Name                    string
	Added, Removed, Changed string
	Moved                   bool
}

// sectionWords name the parts of the settings.
var sectionWords = map[string][2]string{
	"desk": {"客服台", "Desk"}, "teams": {"小组", "Teams"}, "agents": {"客服", "Agents"}, "accounts": {"渠道账号", "Accounts"}, "forms": {"表单", "Forms"},
	"routing": {"分派规则", "Routing"}, "tickets": {"工单", "Tickets"}, "webhooks": {"事件订阅", "Webhooks"}, "notify": {"通知", "Notices"}, "senders": {"发件人名单", "Senders"},
	"asking": {"调查频率", "Asking"}, "surveys": {"调查", "Surveys"}, "recoveries": {"回访", "Recoveries"}, "access": {"访问权限", "Access"},
	"canned": {"常用回复", "Canned replies"}, "macros": {"快捷操作", "Macros"}, "customer_fields": {"客户字段", "Customer fields"}, "tiers": {"客户等级", "Tiers"},
	"calendars": {"工作时间", "Business hours"}, "sla": {"时限", "SLA"},
}

func (v *visit) edit() settings.Desk { return settings.Desk{Store: v.Store} }

func (v *visit) settingsAct() settings.Act {
	return settings.Act{By: v.act().By, At: v.act().At, Source: settings.FromConsole, Note: oneLine(v.r.PostForm.Get("note"))}
}

// oneLine is a short remark as it is kept.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60])
	}
	return s
}

func (v *visit) settingsPage(last store.SettingsText, text string, base int64) settingsPage {
	return settingsPage{frame: v.frame("settings", "配置", "Settings"), Last: last, InForce: v.s.Version, Text: text, Base: base, Lines: numbered(text, nil, nil)}
}

// settings shows the settings as they were written last, to be changed.
func (v *visit) settings() error {
	if err := v.operates(); err != nil {
		return err
	}
	last, err := v.edit().Current(v.r.Context())
	if err != nil {
		return err
	}
	page := v.settingsPage(last, last.Text, last.Version)
	page.Put = v.r.URL.Query().Get("put") == strconv.FormatInt(last.Version, 10)
	return v.write("settings", page)
}

// draft is what was posted, and the version that it was made from.
func (v *visit) draft() (settings.Draft, int64, error) {
	base, err := strconv.ParseInt(v.r.PostForm.Get("base"), 10, 64)
	if err != nil || base < 0 {
		return settings.Draft{}, 0, desk.Errorf(desk.Invalid, "the page is too old: go back, reload it and try again")
	}
	return settings.Draft{Text: v.text()}, base, nil
}

// checkSettings shows what is wrong with a draft, or what it would change.
func (v *visit) checkSettings() error {
	if err := v.operates(); err != nil {
		return err
	}
	draft, base, err := v.draft()
	if err != nil {
		return err
	}
	return v.showDraft(draft, base, nil)
}

// settingsAgain is where the page of a check leads when it is loaded anew: what was checked
// isn't kept.
func (v *visit) settingsAgain() error {
	if err := v.operates(); err != nil {
		return err
	}
	v.redirect("/console/settings")
	return nil
}

func (v *visit) showDraft(draft settings.Draft, base int64, newer *settings.Newer) error {
	got, err := v.edit().Compare(v.r.Context(), draft)
	if err != nil {
		return err
	}
	page := v.settingsPage(got.Last, draft.Text, base)
	page.Checked, page.Faults, page.Warnings, page.Diff = true, v.faultsInWords(got.Faults), v.faultsInWords(got.Warnings), diffLines(got.Diff)
	page.Lines = numbered(draft.Text, got.Faults, got.Warnings)
	page.Note = oneLine(v.r.PostForm.Get("note"))
	page.Newer = newer
	if newer == nil && base != got.Last.Version {
		page.Newer = &settings.Newer{Last: got.Last}
	}
	for _, s := range got.Sections {
		page.Sections = append(page.Sections, v.sectionRow(s))
	}
	return v.write("settings", page)
}

func (v *visit) sectionRow(s settings.Section) sectionRow {
	row := sectionRow{s.Name, list(s.Added), list(s.Removed), list(s.Changed), s.Moved}
	if words, ok := sectionWords[s.Name]; ok {
		row.Name = words[0]
		if v.lang == "en" {
			row.Name = words[1]
		}
	}
	return row
}

// list names up to 12 of many.
func list(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + " … (" + strconv.Itoa(len(names)) + ")"
	}
	return strings.Join(names, ", ")
}

// putSettings puts a draft in force, as long as nobody has put another one meanwhile.
func (v *visit) putSettings() error {
	if err := v.operates(); err != nil {
		return err
	}
	draft, base, err := v.draft()
	if err != nil {
		return err
	}
	now, err := v.edit().Put(v.r.Context(), v.settingsAct(), base, draft)
	var newer *settings.Newer
	var faults config.Faults
	switch {
	case errors.As(err, &newer), errors.As(err, &faults):
		return v.showDraft(draft, base, newer)
	case err != nil:
		return err
	}
	v.redirect("/console/settings?put=" + strconv.FormatInt(now.Version, 10))
	return nil
}

func numbered(text string, faults, warnings []config.Fault) []lineMark {
	marks := map[int]string{}
	for _, f := range warnings {
		marks[f.Line] = "warn"
	}
	for _, f := range faults {
		marks[f.Line] = "bad"
	}
	n := strings.Count(text, "\n") + 1
	out := make([]lineMark, n)
	for i := range out {
		out[i] = lineMark{i + 1, marks[i+1]}
	}
	return out
}

func diffLines(diff string) []diffLine {
	if diff == "" {
		return nil
	}
	kinds := map[byte]string{'+': "add", '-': "del", '@': "at"}
	var out []diffLine
	lines := strings.Split(strings.TrimSuffix(diff, "\n"), "\n")
	for _, line := range lines[min(2, len(lines)):] { // the first two name the texts, as the heading does
		kind := ""
		if line != "" {
			kind = kinds[line[0]]
		}
		out = append(out, diffLine{kind, line})
	}
	return out
}

type settingsVersionsPage struct {
	frame
	Rows    []store.SettingsText
	Last    int64
	More    string
	Version store.SettingsText // one of them
	Diff    []diffLine         // from it to the newest
	Lines   []lineMark
}

// settingsVersions lists the versions, the last first.
func (v *visit) settingsVersions() error {
	if err := v.operates(); err != nil {
		return err
	}
	rows, next, err := v.Store.SettingsTexts(v.r.Context(), v.r.URL.Query().Get("cursor"), 50)
	if err != nil {
		return err
	}
	page := settingsVersionsPage{frame: v.frame("settings", "配置的历史版本", "Versions of the settings"), Rows: rows}
	if next != "" {
		page.More = "?cursor=" + next
	}
	return v.write("settingsversions", page)
}

func (v *visit) versionInPath() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("version"), 10, 64)
	if err != nil || n < 1 || n > 999_999_999 {
		return 0, v.nothing()
	}
	return n, nil
}

// settingsVersion shows one, and what has changed since.
func (v *visit) settingsVersion() error {
	if err := v.operates(); err != nil {
		return err
	}
	n, err := v.versionInPath()
	if err != nil {
		return err
	}
	old, err := v.edit().Version(v.r.Context(), n)
	if err != nil {
		return err
	}
	last, err := v.edit().Current(v.r.Context())
	if err != nil {
		return err
	}
	at := strconv.FormatInt(n, 10)
	page := settingsVersionsPage{frame: v.frame("settings", "配置 · 第 "+at+" 版", "Settings, version "+at), Version: old, Last: last.Version, Lines: numbered(old.Text, nil, nil)}
	page.Diff = diffLines(settings.Diff("version "+strconv.FormatInt(last.Version, 10), "version "+at, last.Text, old.Text))
	return v.write("settingsversion", page)
}

// restoreSettings goes back to an older version.
func (v *visit) restoreSettings() error {
	if err := v.operates(); err != nil {
		return err
	}
	n, err := v.versionInPath()
	if err != nil {
		return err
	}
	base, err := strconv.ParseInt(v.r.PostForm.Get("base"), 10, 64)
	if err != nil || base < 0 {
		return desk.Errorf(desk.Invalid, "the page is too old: go back, reload it and try again")
	}
	now, err := v.edit().Restore(v.r.Context(), v.settingsAct(), base, n)
	var newer *settings.Newer
	var faults config.Faults
	switch {
	case errors.As(err, &newer):
		return desk.Errorf(desk.Conflict, "somebody has put another version meanwhile: look at that first")
	case errors.As(err, &faults): // rules have become stricter: to be mended as a draft
		old, verr := v.edit().Version(v.r.Context(), n)
		if verr != nil {
			return verr
		}
		return v.showDraft(settings.Draft{Text: old.Text, Files: old.Files}, base, nil)
	case err != nil:
		return err
	}
	v.redirect("/console/settings?put=" + strconv.FormatInt(now.Version, 10))
	return nil
}
