package config

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/deskhook/deskhook/shared/desk"
)

// Feedback rules what customers say unasked: in forms that are for it, in reviews, and in
// messages that an agent marks.
type Feedback struct {
	// BadRating is the greatest rating of five that is bad; other scales go by proportion.
	BadRating int `json:"bad_rating" yaml:"bad_rating"`
	// FollowUp names what opens a follow-up besides bad scores of surveys: complaint, rating.
	FollowUp []string `json:"follow_up,omitempty" yaml:"follow_up"`
	// ReviewTickets says which reviews open a ticket: bad, all or none.
	ReviewTickets string `json:"review_tickets" yaml:"review_tickets"`
}

// FollowUp's values.
const (
	FollowComplaint = "complaint" // a complaint by form, review or mark
	FollowRating    = "rating"    // a bad rating in a form or a review
)

// ReviewTickets' values.
const (
	ReviewsBad  = "bad"
	ReviewsAll  = "all"
	ReviewsNone = "none"
)

// ratingScale is that of BadRating.
const ratingScale = 5

// Bad says whether a rating from least to most is bad.
func (f Feedback) Bad(rating, least, most int) bool {
	return (rating-least)*(ratingScale-1) <= (f.BadRating-1)*(most-least)
}

// Follows says whether a record opens a follow-up. A survey's has its own rule.
func (f Feedback) Follows(r desk.Feedback) bool {
	return r.Source != desk.FromSurvey && (r.Type == desk.Complaint && slices.Contains(f.FollowUp, FollowComplaint) ||
		r.Bad && slices.Contains(f.FollowUp, FollowRating))
}

// Opens says whether a review opens a ticket.
func (f Feedback) Opens(bad bool) bool {
	return f.ReviewTickets == ReviewsAll || bad && f.ReviewTickets != ReviewsNone
}

func (c *checker) feedback(f Feedback) {
	if f.BadRating < 1 || f.BadRating >= ratingScale {
		c.at("feedback.bad_rating", "should be from 1 to %d: ratings of five, and not all may be bad", ratingScale-1)
	}
	for i, v := range f.FollowUp {
		if v != FollowComplaint && v != FollowRating {
			c.at(fmt.Sprintf("feedback.follow_up[%d]", i), "should be complaint or rating")
		}
	}
	if !slices.Contains([]string{ReviewsBad, ReviewsAll, ReviewsNone}, f.ReviewTickets) {
		c.at("feedback.review_tickets", "should be bad, all or none")
	}
}

// Roles of the fields that make a form's submission feedback.
const (
	RoleKind   = "kind"   // a choice of complaint, suggestion and praise
	RoleRating = "rating" // a choice of whole numbers
)

// maxRating bounds a form's scale.
const maxRating = 10

// feedbackForm: a form is feedback where something of it says what it is.
func (c *checker) feedbackForm(path string, f Form) {
	kind, rating := f.hasRole(RoleKind), f.hasRole(RoleRating)
	switch {
	case !f.Feedback && (kind || rating):
		c.at(path+".feedback", "should be true: a field has the role kind or rating")
	case f.Feedback && !kind && !rating && !slices.Contains(desk.FeedbackTypes, f.Type):
		c.at(path+".feedback", "needs type complaint, suggestion or praise, or a field with role kind or rating")
	}
	for i, field := range f.Fields {
		at := fmt.Sprintf("%s.fields[%d].choices", path, i)
		switch field.Role {
		case RoleKind:
			c.kindChoices(at, field.Choices)
		case RoleRating:
			c.ratingChoices(at, field)
		}
	}
}

func (f Form) hasRole(role string) bool {
	return slices.ContainsFunc(f.Fields, func(x FormField) bool { return x.Role == role })
}

func (c *checker) kindChoices(path string, list []Choice) {
	for i, ch := range list {
		if !slices.Contains(desk.FeedbackTypes, desk.Type(ch.Value)) {
			c.at(fmt.Sprintf("%s[%d].value", path, i), "should be complaint, suggestion or praise: the field has the role kind")
		}
	}
}

func (c *checker) ratingChoices(path string, f FormField) {
	for i, ch := range f.Choices {
		if n, err := strconv.Atoi(ch.Value); err != nil || n < 0 || n > maxRating {
			c.at(fmt.Sprintf("%s[%d].value", path, i), "should be a whole number from 0 to %d: the field has the role rating", maxRating)
		}
	}
	if least, most := f.Scale(); least == most {
		c.at(path, "should be at least two numbers: the field has the role rating")
	}
}

// Scale are the ends of a rating's choices; Load has made sure that all are numbers.
func (f FormField) Scale() (least, most int) {
	for i, ch := range f.Choices {
		n, err := strconv.Atoi(ch.Value)
		if err != nil {
			continue
		}
		if i == 0 {
			least, most = n, n
		}
		least, most = min(least, n), max(most, n)
	}
	return least, most
}
