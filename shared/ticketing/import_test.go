package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (b *bench) importing(csv string, preview bool) string {
	b.t.Helper()
	rows, faults := ticketing.ReadImport(b.s, []byte(csv))
	require.Empty(b.t, faults)
	out, err := b.Import(b.ctx, b.act(), rows, preview, nil)
	require.NoError(b.t, err)
	var did []string
	for _, o := range out {
		did = append(did, o.Did)
	}
	return strings.Join(did, " ")
}

// A preview writes nothing and says what the import then does; doing it again changes
// nothing; whoever proves an imported address joins the customer it was imported for.
func TestImport(t *testing.T) {
	b := newBench(t)
	b.s.Desk.Country = "CN"
	csv := "\xef\xbb\xbfmail,phone,name,tier,tags\r\nAnn@x.test,138 0013 8000,安,VIP,\"老客户,批发\"\r\nbob@x.test,,Bob,,\r\n"
	require.Equal(t, "created created", b.importing(csv, true))
	require.Equal(t, "created created", b.importing(csv, false), "the preview has written nothing")
	b.pass(time.Second)
	require.Equal(t, "unchanged unchanged", b.importing(csv, false))
	require.Equal(t, "changed", b.importing("mail,tier\nbob@x.test,gold\n", false))

	c := b.customerOf(b.receive(mailTo("support", "m1", "ann@x.test", true)).Ticket)
	require.Equal(t, []any{"安", desk.VIP, []string{"老客户", "批发"}}, []any{c.Name, c.Tier, c.Tags})
	stranger := b.customerOf(b.receive(mailTo("support", "m2", "bob@x.test", false)).Ticket)
	require.NotEqual(t, desk.Gold, stranger.Tier, "who doesn't prove the address is somebody else")

	rows, _ := ticketing.ReadImport(b.s, []byte("mail,phone\nbob@x.test,13800138000\n"))
	out, err := b.Import(b.ctx, b.act(), rows, false, nil)
	require.NoError(t, err)
	require.Equal(t, "refused", out[0].Did)
}

// Each fault names its line and column.
func TestImportFaults(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		src  string
		want ticketing.ImportFault
	}{
		"GBK":               {"mail,name\na@x.test,\xcd\xf5\n", ticketing.ImportFault{Text: "is not UTF-8: in Excel, save it as “CSV UTF-8”"}},
		"empty":             {"", ticketing.ImportFault{Line: 1, Text: "has no first line that names the columns"}},
		"nobody's lines":    {"name\nAnn\n", ticketing.ImportFault{Line: 1, Text: "there is neither a column mail nor one phone: whose lines are these?"}},
		"a mail":            {"mail\na@x.test\nAnn <a@x.test>\n", ticketing.ImportFault{Line: 3, Column: "mail", Text: "should be a mail address alone"}},
		"a tier":            {"mail,tier\na@x.test,platinum\n", ticketing.ImportFault{Line: 2, Column: "tier", Text: "must be one of standard, silver, gold, vip"}},
		"the same twice":    {"mail\na@x.test\nA@x.test\n", ticketing.ImportFault{Line: 3, Text: "names the customer of line 2 again"}},
		"nobody in a line":  {"mail,name\n,Ann\n", ticketing.ImportFault{Line: 2, Column: "mail", Text: "is empty, and so is phone: whose line is this?"}},
		"too many cells":    {"mail\na@x.test,b\n", ticketing.ImportFault{Line: 2, Text: "has 2 cells, and there are 1 columns"}},
		"a national number": {"phone\n030 123456\n", ticketing.ImportFault{Line: 2, Column: "phone", Text: "is no phone number; write it with its country, such as +86 138 0013 8000"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, faults := ticketing.ReadImport(b.s, []byte(c.src))
			require.Contains(t, faults, c.want)
		})
	}
	_, faults := ticketing.ReadImport(b.s, []byte("mail,shoe_size\n"))
	require.Equal(t, "shoe_size", faults[0].Column)
}
