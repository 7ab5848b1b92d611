package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// An agent adds the mail address of somebody who writes by WeChat: who writes from it is
// this customer from then on, and an answer may go there.
func TestAddAnAddress(t *testing.T) {
	b := newBench(t)
	wechat := b.receive(text("1", "我的杯子碎了"))
	mei := b.ticket(wechat.Ticket).Customer
	change := func(p ticketing.Profile) error { return b.ChangeCustomer(b.ctx, b.act(), mei, p) }
	require.NoError(t, change(ticketing.Profile{Mail: new("Mei@X.test"), Phone: new("13800138000")}))
	c, err := b.Store.Customer(b.ctx, mei)
	require.NoError(t, err)
	require.Equal(t, desk.Contact{Mail: "mei@x.test", Phone: "+8613800138000"}, c.Value.Contact)
	require.Equal(t, mei, b.ticket(b.receive(aMail("mei@x.test", "a@x", "", nil, true)).Ticket).Customer)

	// Another's is refused and named; taken off, an address that nobody wrote from is free.
	other, err := b.CreateCustomer(b.ctx, b.keyed("c"), ticketing.NewCustomer{Mail: "bo@x.test"})
	require.NoError(t, err)
	err = change(ticketing.Profile{Mail: new("bo@x.test")})
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	var taken ticketing.Taken
	require.ErrorAs(t, err, &taken)
	require.Equal(t, ticketing.Taken{other}, taken)
	b.pass(time.Minute)
	require.NoError(t, change(ticketing.Profile{Mail: new(""), Phone: new("")}))
	_, err = b.CreateCustomer(b.ctx, b.keyed("d"), ticketing.NewCustomer{Phone: "13800138000"})
	require.NoError(t, err)
	_, err = b.CreateCustomer(b.ctx, b.keyed("e"), ticketing.NewCustomer{Mail: "mei@x.test"})
	require.ErrorAs(t, err, &taken, "they have written from it")
	for _, bad := range []ticketing.Profile{{Mail: new("mei at x")}, {Phone: new("12")}} {
		require.Equal(t, desk.Invalid, desk.KindOf(change(bad)), bad)
	}
}

// A slip of the pen is mended whole: who the wrong address belongs to is a stranger, even
// though the desk has written to them.
func TestAMistypedAddressIsFreed(t *testing.T) {
	b := newBench(t)
	mei := b.ticket(b.receive(text("1", "我的杯子碎了")).Ticket).Customer
	change := func(mail string) {
		b.pass(time.Minute)
		require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), mei, ticketing.Profile{Mail: &mail}))
	}
	change("wrong@x.test")
	_, err := b.Start(b.ctx, b.keyed("k"), ticketing.Start{By: ticketing.StartMail, To: "wrong@x.test", Subject: "A", Text: "Hello"})
	require.NoError(t, err)
	change("right@x.test")
	c, err := b.Store.Customer(b.ctx, mei)
	require.NoError(t, err)
	require.Len(t, c.Value.Addresses, 1)
	b.pass(time.Minute)
	require.NotEqual(t, mei, b.ticket(b.receive(aMail("wrong@x.test", "w@x", "", nil, true)).Ticket).Customer)
	require.Equal(t, mei, b.ticket(b.receive(aMail("right@x.test", "r@x", "", nil, true)).Ticket).Customer)
}

// told has a customer have told a mail address, as by a form.
func (b *bench) told(c desk.CustomerID, mail string) {
	row, err := b.Store.Customer(b.ctx, c)
	require.NoError(b.t, err)
	row.Value.Contact.Mail = mail
	var tx store.Tx
	tx.PutCustomer(row)
	require.NoError(b.t, b.Store.Commit(b.ctx, &tx))
}

// What a form told may be no address at all: it stops no other change.
func TestToldAddressStopsNoChange(t *testing.T) {
	b := newBench(t)
	mei := b.ticket(b.receive(text("1", "hello")).Ticket).Customer
	b.told(mei, "not a mail")
	require.NoError(t, b.ChangeCustomer(b.ctx, b.act(), mei, ticketing.Profile{Name: new("Mei"), Mail: new("not a mail"), Phone: new("")}))
}
