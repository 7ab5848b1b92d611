package cost

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the report as a table for people. For machines the Report is JSON.
func (r Report) Print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "Each alone in its minute, with %d tickets in the table; us-east-1 list prices as of %s, no free tier.\n\n", r.Tickets, r.PricesAsOf)
	fmt.Fprintln(w, "Lambda\tSQS\tHTTP\twrite units\tread units\tS3\t$ per million\t")
	lines(w, r.Operations)
	fmt.Fprintln(w, "\nSearch:")
	lines(w, r.Search)
	fmt.Fprintf(w, "\nSending is the provider's to charge; a mail through SES is %.2f dollars per million more.\n", priceMail*million)
	bill(w, "The month of an idle desk", r.Idle)
	bill(w, "With a fixed egress, besides", r.Egress)
	fmt.Fprintf(w, "\nIdle month: $%.2f; with fixed egress: $%.2f\n", Sum(r.Idle), Sum(r.Idle)+Sum(r.Egress))
	return w.Flush()
}

func lines(w io.Writer, ops []Operation) {
	for _, op := range ops {
		c := op.Count
		fmt.Fprintf(w, "%.0f\t%.0f\t%.0f\t%.1f\t%.1f\t%.0f\t%.2f\t  %s\n",
			c.Invocations, c.SQS+c.FIFO, c.HTTP, c.WriteUnits, c.ReadUnits, c.S3Gets+c.S3Puts, op.PerMillion, op.Name)
	}
}

func bill(w io.Writer, title string, lines []Line) {
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, l := range lines {
		fmt.Fprintf(w, "$%.2f\t  %s\n", l.Dollars, l.What)
	}
	fmt.Fprintf(w, "$%.2f\t  together\n", Sum(lines))
}
