package ticketing

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
)

// waitDays is over how many days, before today, the team's answers are looked at.
const waitDays = 7

// expected is the sentence that tells a customer how long answers take, once for each
// wait, for it goes with the acknowledgement; "" where the settings have none or the
// figures don't tell. It costs 7 R where a ticket opens, and nothing otherwise.
func (d *Desk) expected(ctx context.Context, s *config.Settings, t desk.Ticket, at time.Time) (string, error) {
	text := s.Tickets.Wait.In(t.Lang)
	if text == "" || t.Status == desk.StatusSpam {
		return "", nil
	}
	var days []string
	for i := 1; i <= waitDays; i++ {
		days = append(days, at.In(s.Desk.Location()).AddDate(0, 0, -i).Format(time.DateOnly))
	}
	sums, err := d.Store.Figures(ctx, kpi.TeamCut(t.Team), days...)
	if err != nil {
		return "", err
	}
	minutes, ok := kpi.Wait(kpi.Read(sums...))
	if !ok {
		return "", nil
	}
	return strings.ReplaceAll(text, config.WaitVariable, strconv.Itoa(minutes)), nil
}
