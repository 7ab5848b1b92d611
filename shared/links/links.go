// Package links makes the addresses that the desk gives to customers, each signed for
// its purpose: the survey page, the status page, the reply address of a mail.
package links

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/sign"
)

// What the desk's tokens are signed for.
const (
	SurveyPurpose    = "survey"     // field: the survey's id
	APIUploadPurpose = "api-upload" // fields: the caller, the blob's key, and the file's name, type and size
	UploadPurpose    = "upload"     // fields: form, field, the blob's key, and the file's name, type and size
	StatusPurpose    = "status"     // fields: the submitter's channel, account and id, and the submission's id
	ReplyPurpose     = "reply"      // value: the ticket's id
	TicketPurpose    = "ticket"     // field: the ticket's id

	// UnsubscribePurpose: fields are the address (channel, account, id) and the ticket.
	UnsubscribePurpose = "unsubscribe"
	// ForwardPurpose, followed by the third party's address: value is the ticket's id.
	ForwardPurpose = "forward"
)

// Survey is the page on which a survey is answered, good until it expires.
func Survey(publicURL string, key sign.Key, id desk.SurveyID, until time.Time) string {
	return publicURL + "/s/" + key.Token(SurveyPurpose, until, string(id))
}

// Status is the page that tells how a submission stands. It doesn't expire: it is good
// for as long as the submission is kept.
func Status(publicURL string, key sign.Key, from desk.Address, submissionID string) string {
	token := key.Token(StatusPurpose, time.Time{}, string(from.Channel), from.Account, from.ID, submissionID)
	return publicURL + "/t/" + token
}

// OpenStatus reads the token of a status page's address: who sent the submission, and
// its id. It is false for any other.
func OpenStatus(key sign.Key, token string, now time.Time) (from desk.Address, submissionID string, ok bool) {
	fields, err := key.Open(StatusPurpose, token, now)
	if err != nil || len(fields) != 4 {
		return desk.Address{}, "", false
	}
	return desk.Address{Channel: desk.Channel(fields[0]), Account: fields[1], ID: fields[2]}, fields[3], true
}

// NoticeLife is how long the page is good that a notice leads to.
const NoticeLife = 30 * 24 * time.Hour

// Ticket is the page on which a customer reads a ticket's public messages, good until it
// expires. It lies beside the status pages.
func Ticket(publicURL string, key sign.Key, id desk.TicketID, until time.Time) string {
	return publicURL + "/t/" + key.Token(TicketPurpose, until, string(id))
}

// OpenTicket reads the token of such a page's address; false for any other, and for one
// that has expired.
func OpenTicket(key sign.Key, token string, now time.Time) (desk.TicketID, bool) {
	fields, err := key.Open(TicketPurpose, token, now)
	if err != nil || len(fields) != 1 {
		return "", false
	}
	return desk.TicketID(fields[0]), true
}

// ReplyTag is what stands behind the + of the address that answers to a ticket's mails
// go to.
func ReplyTag(key sign.Key, t desk.TicketID) string { return key.Tag(ReplyPurpose, string(t)) }

// Unsubscribe is where an address is taken off surveys (RFC 8058). It doesn't expire:
// a mail is opened years later too.
func Unsubscribe(publicURL string, key sign.Key, a desk.Address, t desk.TicketID) string {
	return publicURL + "/u/" + key.Token(UnsubscribePurpose, time.Time{}, string(a.Channel), a.Account, a.ID, string(t))
}

// ForwardTag is what stands behind the + of the address to which a third party answers
// what was forwarded to it. It is good for that party alone: in anybody else's mail it
// is a string of letters.
func ForwardTag(key sign.Key, t desk.TicketID, party string) string {
	return key.Tag(forwardTo(party), string(t))
}

// OpenForwardTag gives the ticket that was forwarded to the party.
func OpenForwardTag(key sign.Key, tag, party string) (desk.TicketID, bool) {
	id, ok := key.OpenTag(forwardTo(party), tag)
	return desk.TicketID(strings.ToUpper(id)), ok
}

func forwardTo(party string) string { return ForwardPurpose + " " + strings.ToLower(party) }
