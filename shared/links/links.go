// Package links makes the addresses that the desk gives to customers, each signed for
// its purpose: the survey page, the status page, the reply address of a mail.
package links

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/sign"
)

// What the desk's tokens are signed for.
const (
	SurveyPurpose = "survey" // field: the survey's id
	StatusPurpose = "status" // fields: the submitter's channel, account and id, and the submission's id
	ReplyPurpose  = "reply"  // value: the ticket's id
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

// ReplyTag is what stands behind the + of the address that answers to a ticket's mails
// go to.
func ReplyTag(key sign.Key, t desk.TicketID) string { return key.Tag(ReplyPurpose, string(t)) }
