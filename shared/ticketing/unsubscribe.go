package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// StopSurveys takes an address off surveys: its owner wants answers still, and is asked
// no more how they were. It stands in the journal of the ticket whose survey brought the
// wish, where there is one. Doing it twice does it once.
func (d *Desk) StopSurveys(ctx context.Context, a desk.Address, t desk.TicketID, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		id, err := d.Store.Identity(ctx, a)
		if err != nil || id.Value.NoSurvey && id.Value.NoSurveyBy.By.Kind != desk.ByAgent {
			return err // their own word takes the place of what an agent noted for them
		}
		id.Value.NoSurvey, id.Value.NoSurveyBy = true, desk.Opted{At: at}
		var tx store.Tx
		tx.PutIdentity(id)
		by := desk.Actor{Kind: desk.ByCustomer, Name: id.Value.Name}
		j := journal(t, by, at, s.Version, said("opt.no_surveys"))
		j.ID = desk.NewMessageID(at, "no surveys", string(a.Channel), a.Account, a.ID)
		if id.Value.Customer != "" {
			tx.PutCustomerEvent(id.Value.Customer, j)
		}
		if t != "" {
			tx.PutMessage(store.Row[desk.Message]{Value: j})
		}
		return d.Store.Commit(ctx, &tx)
	})
}
