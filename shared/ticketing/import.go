package ticketing

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/policy/tier"
	"github.com/deskhook/deskhook/shared/store"
)

// MaxImport is how many customers are imported at once.
const MaxImport = 1000

// maxFaults is after how many faults the rest of a file isn't read.
const maxFaults = 100

// importColumns are those that an import may have besides the settings' own fields.
var importColumns = []string{"mail", "phone", "name", "language", "time_zone", "tier", "tags"}

// ImportRow is one customer to be imported.
type ImportRow struct {
	Line    int
	Mail    string // lower case; "" where only the phone is known
	Phone   string // E.164
	Profile Profile
}

// ImportFault says what is wrong where in the file.
type ImportFault struct {
	Line   int    `json:"line"`
	Column string `json:"column"` // "" of the line, or the file, as a whole
	Text   string `json:"text"`
}

// ReadImport reads customers from CSV: UTF-8, with or without a byte order mark, the
// columns named in the first line. A cell left empty changes nothing. Up to some
// 100 faults are told at once; with any, nothing should be imported.
func ReadImport(s *config.Settings, src []byte) ([]ImportRow, []ImportFault) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(src) {
		return nil, []ImportFault{{Text: "is not UTF-8: in Excel, save it as “CSV UTF-8”"}}
	}
	r := &importing{s: s, csv: csv.NewReader(bytes.NewReader(src)), seen: map[string]int{}}
	r.csv.FieldsPerRecord, r.csv.TrimLeadingSpace = -1, true
	head, err := r.csv.Read()
	if err != nil {
		return nil, []ImportFault{{Line: 1, Text: "has no first line that names the columns"}}
	}
	if r.columns(head); len(r.faults) == 0 {
		r.all()
	}
	return r.rows, r.faults
}

type importing struct {
	s      *config.Settings
	csv    *csv.Reader
	heads  []string
	lines  int // read, of customers
	rows   []ImportRow
	faults []ImportFault
	seen   map[string]int // lines by address
}

func (r *importing) fault(line int, column, format string, args ...any) {
	r.faults = append(r.faults, ImportFault{line, column, fmt.Sprintf(format, args...)})
}

func (r *importing) columns(head []string) {
	for _, h := range head {
		h = strings.ToLower(strings.TrimSpace(h))
		_, own := r.s.CustomerField(h)
		switch {
		case !own && !slices.Contains(importColumns, h):
			r.fault(1, h, "there is no such column; there are %s, and the settings' customer_fields", strings.Join(importColumns, ", "))
		case slices.Contains(r.heads, h):
			r.fault(1, h, "stands there twice")
		}
		r.heads = append(r.heads, h)
	}
	if !slices.Contains(r.heads, "mail") && !slices.Contains(r.heads, "phone") {
		r.fault(1, "", "there is neither a column mail nor one phone: whose lines are these?")
	}
}

func (r *importing) all() {
	for {
		cells, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		line, _ := r.csv.FieldPos(0)
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			r.fault(bad.Line, "", "can't be read: %v", bad.Err)
			return
		}
		if r.lines++; r.lines > MaxImport {
			r.fault(line, "", "at most %d customers are imported at once", MaxImport)
			return
		}
		if len(r.faults) >= maxFaults {
			return // these are enough to begin with
		}
		r.row(line, cells)
	}
}

func (r *importing) row(line int, cells []string) {
	row := ImportRow{Line: line}
	if len(cells) > len(r.heads) {
		r.fault(line, "", "has %d cells, and there are %d columns", len(cells), len(r.heads))
		return
	}
	for i, v := range cells {
		if v = strings.TrimSpace(v); v != "" {
			r.cell(&row, r.heads[i], v)
		}
	}
	if row.Mail == "" && row.Phone == "" {
		r.fault(line, "mail", "is empty, and so is phone: whose line is this?")
	}
	for _, a := range []string{row.Mail, row.Phone} {
		if first, twice := r.seen[a]; twice && a != "" {
			r.fault(line, "", "names the customer of line %d again", first)
		}
		r.seen[a] = line
	}
	var e *desk.Error
	if err := row.Profile.Check(r.s); errors.As(err, &e) {
		r.fault(line, strings.TrimPrefix(e.Field, "custom_fields."), "%s", e.Text)
	}
	r.rows = append(r.rows, row)
}

func (r *importing) cell(row *ImportRow, column, v string) {
	p := &row.Profile
	switch column {
	case "mail":
		a, err := mail.ParseAddress(v)
		if err != nil || a.Address != v {
			r.fault(row.Line, column, "should be a mail address alone")
		}
		row.Mail = strings.ToLower(v)
	case "phone":
		e164, ok := phone.E164(v, r.s.Desk.Country)
		if !ok {
			r.fault(row.Line, column, "is no phone number; write it with its country, such as +86 138 0013 8000")
		}
		row.Phone = e164
	case "name":
		p.Name = &v
	case "language":
		p.Language = &v
	case "time_zone":
		p.TimeZone = &v
	case "tier":
		t := desk.Tier(strings.ToLower(v))
		p.Tier = &t
	case "tags":
		tags := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(",;，；、 ", r) })
		p.Tags = &tags
	default:
		if p.Fields == nil {
			p.Fields = map[string]string{}
		}
		p.Fields[column] = v
	}
}

// Imported says what became of a line, or would in a preview.
type Imported struct {
	Line     int
	Customer desk.CustomerID
	Did      string   // created, changed, unchanged, refused
	Changed  []string // what of a customer that was there
	Why      string   // of refused
}

// Import makes and changes customers, each in a transaction of its own: doing it again
// finds what is done unchanged. A customer is found by the addresses they have proven or
// that an import gave them; one who isn't there is made, and joined by whoever proves
// the address. A preview writes nothing. No row is begun once over says that the time is
// up: what is given is of the rows before; nil: all the time in the world.
func (d *Desk) Import(ctx context.Context, act Act, rows []ImportRow, preview bool, over func() bool) ([]Imported, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Imported, 0, len(rows))
	for _, row := range rows {
		if over != nil && over() {
			break
		}
		var did Imported
		err := d.attempt(ctx, func(int) (err error) {
			did, err = d.importRow(ctx, act, s, row, preview)
			return err
		})
		if err != nil {
			return out, err
		}
		if (did.Did == "changed" || did.Did == "unchanged") && !preview { // unchanged: a crash may have come before its tiers
			if err := d.retierOf(ctx, act, did.Customer); err != nil {
				return out, err
			}
		}
		out = append(out, did)
	}
	return out, nil
}

func (d *Desk) importRow(ctx context.Context, act Act, s *config.Settings, row ImportRow, preview bool) (Imported, error) {
	by := attested(row.Mail, row.Phone)
	owners, found, err := d.ownersOf(ctx, by)
	switch {
	case err != nil:
		return Imported{}, err
	case len(found) > 1:
		return Imported{Line: row.Line, Did: "refused", Why: "mail and phone belong to two customers: merge them first"}, nil
	case len(found) == 0:
		found = append(found, store.Row[desk.Customer]{})
	}
	return d.importInto(ctx, act, s, row, found[0], by, owners, preview)
}

// attested are what a customer with a mail address and a number is found by.
func attested(mail, phone string) (by []desk.Attested) {
	if mail != "" {
		by = append(by, desk.Attested{Kind: desk.AttestedMail, ID: mail})
	}
	if phone != "" {
		by = append(by, desk.Attested{Kind: desk.AttestedPhone, ID: phone})
	}
	return by
}

// ownersOf finds whose addresses are, each customer once.
func (d *Desk) ownersOf(ctx context.Context, by []desk.Attested) (owners []store.Row[store.Owner], found []store.Row[desk.Customer], err error) {
	if owners, err = d.Store.Owners(ctx, by...); err != nil {
		return nil, nil, err
	}
	for _, o := range owners {
		if !o.Exists() {
			continue
		}
		c, err := d.Store.Customer(ctx, o.Value.Customer)
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(found, func(r store.Row[desk.Customer]) bool { return r.Value.ID == c.Value.ID }) {
			found = append(found, c)
		}
	}
	return owners, found, nil
}

func (d *Desk) importInto(ctx context.Context, act Act, s *config.Settings, row ImportRow, c store.Row[desk.Customer], by []desk.Attested, owners []store.Row[store.Owner], preview bool) (Imported, error) {
	did := Imported{Line: row.Line, Did: "unchanged"}
	was := c.Value
	if !c.Exists() {
		did.Did = "created"
		c.Value = newcomer(s, act, row.Mail, row.Phone)
		c.Value.ID = desk.CustomerID(desk.DeriveID("customer", "import", string(by[0].Kind), by[0].ID))
	}
	changed, err := row.Profile.apply(&c.Value, act)
	if err != nil {
		return did, err
	}
	var tx store.Tx
	for i, o := range owners {
		if !o.Exists() {
			c.Value.Proven = append(slices.Clone(c.Value.Proven), by[i])
			tx.PutOwner(by[i], store.Row[store.Owner]{Value: store.Owner{Customer: c.Value.ID}})
			changed = append(changed, string(by[i].Kind))
		}
	}
	c.Value.Tier = tier.Decide(s.Tiers, c.Value)
	did.Customer = c.Value.ID
	if did.Did == "unchanged" && len(changed) > 0 {
		did.Did, did.Changed = "changed", changed
	}
	if preview || did.Did == "unchanged" {
		return did, nil
	}
	ds := []desk.Decision{said("customer.imported", "fields", strings.Join(changed, ", "))}
	if was.Tier != "" && was.Tier != c.Value.Tier {
		ds = append(ds, said("customer.tier", "from", string(was.Tier), "to", string(c.Value.Tier)))
	}
	ev := journal("", act.By, act.At, s.Version, ds...)
	ev.ID = desk.NewMessageID(act.At, "import", string(c.Value.ID))
	tx.PutCustomer(c)
	tx.PutCustomerEvent(c.Value.ID, ev)
	if err := d.careOfBirthday(ctx, &tx, s, was, c.Value, act.At); err != nil {
		return did, err
	}
	return did, d.Store.Commit(ctx, &tx)
}
