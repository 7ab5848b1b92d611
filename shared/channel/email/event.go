package email

import (
	"fmt"

	"github.com/deskhook/deskhook/shared/desk"
)

// The tags that the sender puts on a mail and SES hands back with its events.
const (
	TagMessage = "deskhook-message"
	TagTicket  = "deskhook-ticket"
)

// about is whom an event is about: the address the mail went to.
func (n notice) about() string {
	for _, d := range n.eventRecipients() {
		if d.Address != "" {
			return address(d.Address)
		}
	}
	return ""
}

// eventID tells one event from another of the same mail; a repeat has the same.
func (n notice) eventID() string {
	stamp := ""
	switch {
	case n.Bounce != nil:
		stamp = n.Bounce.FeedbackID + n.Bounce.Timestamp
	case n.Complaint != nil:
		stamp = n.Complaint.FeedbackID + n.Complaint.Timestamp
	case n.Delivery != nil:
		stamp = n.Delivery.Timestamp
	case n.Delay != nil:
		stamp = n.Delay.Timestamp
	}
	return n.event() + ":" + n.Mail.MessageID + ":" + stamp
}

func (n notice) eventRecipients() []recipient {
	var out []recipient
	switch {
	case n.Bounce != nil:
		out = n.Bounce.Recipients
	case n.Complaint != nil:
		out = n.Complaint.Recipients
	case n.Delay != nil:
		out = n.Delay.Delayed
	}
	if len(out) > 0 {
		return out
	}
	for _, d := range n.Mail.Destination {
		out = append(out, recipient{Address: d})
	}
	if len(out) == 0 {
		out = []recipient{{}}
	}
	return out
}

// parseEvent reads what became of a mail of ours: one inbound for each recipient.
func (c *mailChannel) parseEvent(n notice) []desk.Inbound {
	kind, r := n.verdict()
	r.Message, r.Ticket = desk.MessageID(n.tag(TagMessage)), desk.TicketID(n.tag(TagTicket))
	r.ProviderID, r.MailID = n.Mail.MessageID, id(n.Mail.Common.MessageID)
	var out []desk.Inbound
	for i, to := range n.eventRecipients() {
		one := r
		one.Address = ""
		if boxes := ParseAddresses(to.Address); len(boxes) > 0 {
			one.Address = boxes[0].Address
		}
		if to.Status != "" {
			one.Code = to.Status
		}
		in := desk.Inbound{Kind: kind, ID: n.eventID(), At: n.time(), Type: n.event(), Receipt: &one,
			From: desk.Address{Channel: desk.Email, Account: c.account, ID: one.Address}, Quiet: true, Automatic: "event of SES"}
		if i > 0 {
			in.ID = fmt.Sprintf("%s#%d", in.ID, i+1)
		}
		out = append(out, in)
	}
	return out
}

// verdict says what an event means. A transient bounce is one too: SES had tried for
// hours when it says so. Opening and clicking prove delivery.
func (n notice) verdict() (desk.InboundKind, desk.Receipt) {
	switch n.event() {
	case "Bounce":
		if n.Bounce == nil {
			break
		}
		return desk.InBounce, desk.Receipt{State: desk.Failed, Code: n.Bounce.Type + "/" + n.Bounce.SubType,
			Permanent: n.Bounce.Type == "Permanent"}
	case "Complaint":
		r := desk.Receipt{State: desk.Delivered}
		if n.Complaint != nil {
			r.Code = n.Complaint.Type
		}
		return desk.InComplaint, r
	case "Reject", "Rendering Failure":
		return desk.InReceipt, desk.Receipt{State: desk.Failed, Code: n.event(), Permanent: true}
	case "Delivery", "Open", "Click", "Subscription":
		return desk.InReceipt, desk.Receipt{State: desk.Delivered}
	}
	return desk.InReceipt, desk.Receipt{State: desk.Sent, Code: n.event()}
}

func (n notice) tag(name string) string {
	if v := n.Mail.Tags[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
