package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// bom makes Excel read a file as UTF-8.
const bom = "\xef\xbb\xbf"

// sheet gathers rows.
type sheet struct {
	out  bytes.Buffer
	csv  *csv.Writer
	mask func(string) string
	zone *time.Location
	rows int
}

func newSheet(heads []string, zone *time.Location, mask func(string) string) *sheet {
	s := &sheet{mask: mask, zone: zone}
	s.out.WriteString(bom)
	s.csv = csv.NewWriter(&s.out)
	s.csv.UseCRLF = true   // RFC 4180
	_ = s.csv.Write(heads) // a buffer takes all
	return s
}

func (s *sheet) add(cells ...string) {
	for i, c := range cells {
		cells[i] = Cell(s.mask(c))
	}
	_ = s.csv.Write(cells)
	s.rows++
}

// file is the whole of it.
func (s *sheet) file() []byte {
	s.csv.Flush()
	return s.out.Bytes()
}

// at is a time as a spreadsheet takes it for one; empty where there is none.
func (s *sheet) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format("2006-01-02 15:04:05")
}

// Cell makes a text safe in a cell: no spreadsheet takes it for a formula, wherever the
// spaces stand.
func Cell(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), string(utf8.RuneError))
	switch r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0\u3000")); r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}

// FileName is what an export is called when it is downloaded: tickets-2026-03-01-2026-03-31.csv.
func FileName(e desk.Export, s *config.Settings) string {
	zone := s.Desk.Location()
	return fmt.Sprintf("%s-%s-%s.csv", e.Kind, e.From.In(zone).Format(time.DateOnly), e.To.In(zone).AddDate(0, 0, -1).Format(time.DateOnly))
}
