package settings_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

const text = `desk:
  name: {en: Spruce, zh-CN: 云杉}
  language: en
  time_zone: Europe/Berlin
teams:
  - id: support
    name: {en: Support, zh-CN: 客服}
  - id: sales
    name: {en: Sales, zh-CN: 销售}
agents:
  - {id: amy, name: Amy, role: admin, teams: [support]}
  - {id: li, name: Li, role: agent, teams: [sales]}
`

func open(t *testing.T) settings.Desk {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return settings.Desk{Store: store.New(db)}
}

func by(id string) settings.Act {
	return settings.Act{By: desk.Actor{Kind: desk.ByAgent, ID: id, Name: strings.ToUpper(id)}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Source: settings.FromAPI}
}

func with(old, instead string) settings.Draft {
	return settings.Draft{Text: strings.Replace(text, old, instead, 1)}
}

// The channels are those that there are.
func TestChannels(t *testing.T) {
	require.Equal(t, builtin.Names, settings.Channels)
}

// What is put is the next version, with who and when; what changes nothing is none; who
// starts from an older one is told of the newer, and by whom; an older one comes back as
// the newest.
func TestPutAndGoBack(t *testing.T) {
	d := open(t)
	none, err := d.Current(t.Context())
	require.NoError(t, err)
	require.Zero(t, none.Version)
	_, err = d.Put(t.Context(), by("amy"), 1, settings.Draft{Text: text})
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	one, err := d.Put(t.Context(), by("amy"), 0, settings.Draft{Text: strings.ReplaceAll(text, "\n", "\r\n")})
	require.NoError(t, err)
	require.Equal(t, []any{int64(1), text, "amy"}, []any{one.Version, one.Text, one.By.ID})
	same, err := d.Put(t.Context(), by("amy"), 1, settings.Draft{Text: text})
	require.NoError(t, err)
	require.Equal(t, int64(1), same.Version)
	same, err = d.Put(t.Context(), by("amy"), 0, settings.Draft{Text: text}) // the answer was lost
	require.NoError(t, err)
	require.Equal(t, int64(1), same.Version)
	two, err := d.Put(t.Context(), by("amy"), 1, with("Europe/Berlin", "Asia/Shanghai"))
	require.NoError(t, err)
	require.Equal(t, int64(2), two.Version)

	_, err = d.Put(t.Context(), by("li"), 1, settings.Draft{Text: text})
	require.Equal(t, desk.Conflict, desk.KindOf(err), "what is no longer in force isn't put back by a call of then")
	_, err = d.Put(t.Context(), by("li"), 1, with("Spruce", "Fir"))
	var newer *settings.Newer
	require.ErrorAs(t, err, &newer)
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	require.ErrorContains(t, err, "version 2 was put by AMY at 2026-03-02 09:00 UTC")
	_, err = d.Restore(t.Context(), by("amy"), 1, 1)
	require.ErrorAs(t, err, &newer)

	three, err := d.Restore(t.Context(), by("amy"), 2, 1)
	require.NoError(t, err)
	require.Equal(t, []any{int64(3), int64(1), text}, []any{three.Version, three.Of, three.Text})
	_, err = d.Restore(t.Context(), by("amy"), 3, 9)
	require.Equal(t, desk.NotFound, desk.KindOf(err))
	doc, version, err := d.Store.Settings(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(3), version)
	require.Contains(t, string(doc), "Europe/Berlin")
	list, next, err := d.Store.SettingsTexts(t.Context(), "", 10)
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []int64{3, 2, 1}, []int64{list[0].Version, list[1].Version, list[2].Version})
	require.Empty(t, list[0].Text)
}

// Faults stop it, each with its line; so does locking oneself out, and a text no row holds.
func TestRefusals(t *testing.T) {
	d := open(t)
	_, err := d.Put(t.Context(), by("amy"), 0, settings.Draft{Text: text})
	require.NoError(t, err)
	var faults config.Faults
	_, err = d.Put(t.Context(), by("amy"), 1, with("role: admin", "role: boss"))
	require.True(t, errors.As(err, &faults))
	require.Equal(t, []any{11, "agents[0].role"}, []any{faults[0].Line, faults[0].Path})
	_, err = d.Put(t.Context(), by("amy"), 1, with("role: admin", "role: lead"))
	require.ErrorContains(t, err, "no longer be an admin")
	_, err = d.Put(t.Context(), by("api"), 1, with("role: admin", "role: lead"))
	require.NoError(t, err, "a program locks nobody out but on purpose")
	_, err = d.Put(t.Context(), by("amy"), 2, settings.Draft{Text: text + strings.Repeat("#", settings.MaxBytes)})
	require.Equal(t, desk.TooLarge, desk.KindOf(err))
}

// A draft is told apart from what is there by its text, and by what it means.
func TestCompare(t *testing.T) {
	d := open(t)
	_, err := d.Put(t.Context(), by("amy"), 0, settings.Draft{Text: text})
	require.NoError(t, err)
	got, err := d.Compare(t.Context(), settings.Draft{Text: "# ours\n" + strings.NewReplacer("Spruce", "Fir", "id: sales", "id: shop", "[sales]", "[shop]").Replace(text)})
	require.NoError(t, err)
	require.Contains(t, got.Diff, "--- version 1\n+++ draft\n@@ -1,12 +1,13 @@\n+# ours\n desk:\n-  name: {en: Spruce")
	require.Equal(t, []settings.Section{
		{Name: "agents", Added: []string{}, Removed: []string{}, Changed: []string{"li"}},
		{Name: "desk", Added: []string{}, Removed: []string{}, Changed: []string{"name"}},
		{Name: "teams", Added: []string{"shop"}, Removed: []string{"sales"}, Changed: []string{}},
	}, got.Sections)
	got, err = d.Compare(t.Context(), settings.Draft{Text: "# only a remark\n" + text})
	require.NoError(t, err)
	require.Empty(t, got.Sections)
	require.NotEmpty(t, got.Diff)
	got, err = d.Compare(t.Context(), settings.Draft{Text: "desk: 1"})
	require.NoError(t, err)
	require.NotEmpty(t, got.Faults)
	require.Nil(t, got.Settings)
}

// Files beside the settings come with them, and stay where a draft says nothing of them.
func TestFilesStay(t *testing.T) {
	d := open(t)
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261001\r\nSUMMARY:National Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	draft := settings.Draft{Text: text + "calendars:\n  - id: day\n    time_zone: Asia/Shanghai\n    week: [{days: [mon-fri], hours: [\"09:00-18:00\"]}]\n    holidays_file: days.ics\n"}
	checked, _, err := d.Check(t.Context(), draft)
	require.NoError(t, err)
	require.NotEmpty(t, checked.Faults)
	require.Contains(t, checked.Faults[0].Path, "holidays_file")
	draft.Files = map[string]string{"days.ics": ics}
	checked, _, err = d.Check(t.Context(), draft)
	require.NoError(t, err)
	require.Empty(t, checked.Faults)
	_, err = d.Put(t.Context(), by("amy"), 0, draft)
	require.NoError(t, err)
	draft.Files = nil
	draft.Text += "# more\n"
	two, err := d.Put(t.Context(), by("amy"), 1, draft)
	require.NoError(t, err)
	require.Equal(t, ics, two.Files["days.ics"])
}

// A file is put when it changed, and not when what it says is older than what somebody has
// put since.
func TestPutFile(t *testing.T) {
	d := open(t)
	file := by("")
	file.Source = settings.FromFile
	one, err := d.PutFile(t.Context(), file, settings.Draft{Text: text})
	require.NoError(t, err)
	_, err = d.Put(t.Context(), by("amy"), one.Version, with("Spruce", "Fir"))
	require.NoError(t, err)
	kept, err := d.PutFile(t.Context(), file, settings.Draft{Text: text})
	require.NoError(t, err)
	require.Contains(t, kept.Text, "Fir")
	put, err := d.PutFile(t.Context(), file, with("Spruce", "Pine"))
	require.NoError(t, err)
	require.Equal(t, int64(3), put.Version)
	require.Contains(t, put.Text, "Pine")
}

// A unified diff holds every line that one text has and the other has not.
func TestDiffShowsAllThatDiffers(t *testing.T) {
	require.Empty(t, settings.Diff("a", "b", text, text))
	line := rapid.SampledFrom([]string{"a", "b", "c", "", "d: 1"})
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.SliceOfN(line, 0, 150).Draw(t, "x"), rapid.SliceOfN(line, 0, 150).Draw(t, "y")
		before, after := strings.Join(x, "\n"), strings.Join(y, "\n")
		diff := settings.Diff("a", "b", before, after)
		require.Equal(t, before == after, diff == "")
		minus, plus := 0, 0
		for _, l := range strings.Split(diff, "\n") {
			switch {
			case strings.HasPrefix(l, "---"), strings.HasPrefix(l, "+++"):
			case strings.HasPrefix(l, "-"):
				minus++
			case strings.HasPrefix(l, "+"):
				plus++
			}
		}
		require.Equal(t, lines(after)-lines(before), plus-minus)
	})
}

func lines(s string) int {
	if s == "" || strings.HasSuffix(s, "\n") {
		return strings.Count(s, "\n")
	}
	return strings.Count(s, "\n") + 1
}

// The settings that the repository ships are a draft without a fault.
func TestOwnSettings(t *testing.T) {
	src, err := os.ReadFile("../../infra/desk.yaml")
	require.NoError(t, err)
	require.Empty(t, settings.Check(settings.Draft{Text: string(src)}).Faults)
}
