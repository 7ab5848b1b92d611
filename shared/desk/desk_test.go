package desk_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
)

var at = time.Date(2026, 3, 2, 9, 30, 0, 123456789, time.UTC)

// A ticket's number is read back however a person types it.
func TestNumber(t *testing.T) {
	id := desk.TicketID("7K3Q9W")
	require.Equal(t, "DH-7K3Q-9W", id.Number())
	for _, typed := range []string{"DH-7K3Q-9W", "dh-7k3q-9w", "#7K3Q9W", " 7k3q-9w ", "dh7k3q9w"} {
		got, ok := desk.ParseNumber(typed)
		require.True(t, ok, typed)
		require.Equal(t, id, got)
	}
	got, ok := desk.ParseNumber("oil-000")
	require.True(t, ok)
	require.Equal(t, desk.TicketID("011000"), got, "O, I and L are read as people mean them")
	for _, bad := range []string{"", "DH-", "7K3Q9", "7K3Q9WX", "7K3Q9U", "XX7K3Q9W"} {
		_, ok := desk.ParseNumber(bad)
		require.False(t, ok, bad)
	}
}

// Ids are derived: deciding twice gives one, another attempt or thing gives another.
func TestDerivedIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "parts")
		id := desk.NewTicketID(0, parts...)
		require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{6}$`, string(id))
		require.Equal(t, id, desk.NewTicketID(0, parts...))
		back, ok := desk.ParseNumber(id.Number())
		require.True(t, ok)
		require.Equal(t, id, back)
		require.NotEqual(t, desk.DeriveID("a", parts...), desk.DeriveID("b", parts...))
	})
	require.NotEqual(t, desk.NewMessageID(at, "a", "bc"), desk.NewMessageID(at, "ab", "c"))
	require.Regexp(t, regexp.MustCompile(`^20260302T093000123-[0-9a-f]{10}$`), string(desk.NewMessageID(at, "x")))
	require.Less(t, string(desk.NewMessageID(at, "x")), string(desk.NewMessageID(at.Add(time.Millisecond), "a")))
}

// A ticket has one timer of a kind, and a later one has a later generation.
func TestTimers(t *testing.T) {
	var tk desk.Ticket
	require.Zero(t, tk.Due())
	tk.Arm(desk.TimerClose, at.Add(time.Hour))
	tk.Arm(desk.TimerSend, at)
	tk.Arm(desk.TimerSend, at.Add(time.Minute))
	require.Len(t, tk.Timers, 2)
	require.Equal(t, at.Add(time.Minute), tk.Due())
	require.Greater(t, tk.Timers[1].Gen, tk.Timers[0].Gen)
	tk.Disarm(desk.TimerSend)
	require.Equal(t, at.Add(time.Hour), tk.Due())
}

// Kinds are found through wrapping; a fault nobody classified is one that may pass.
func TestErrorKinds(t *testing.T) {
	err := fmt.Errorf("reading: %w", desk.FieldError("text", "is empty"))
	require.Equal(t, desk.Invalid, desk.KindOf(err))
	require.ErrorContains(t, err, "text: is empty")
	require.Equal(t, desk.Transient, desk.KindOf(errors.New("x")))
}

func TestAnswerTo(t *testing.T) {
	form := desk.Address{Channel: desk.WebForm, ID: "x"}
	mail := desk.Address{Channel: desk.Email, ID: "a@x.test"}
	require.Equal(t, mail, desk.Ticket{From: mail}.AnswerTo())
	require.Empty(t, desk.Ticket{From: form}.AnswerTo().ID)
	require.Equal(t, mail, desk.Ticket{From: form, To: mail}.AnswerTo())
}

// Promise 2: whether somebody still follows an account is what they did last by the
// provider's time, in whatever order it is applied; in one second, what is applied last.
func TestFollowersInAnyOrder(t *testing.T) {
	follow, leave, write := (*desk.Identity).Follow, (*desk.Identity).Leave, (*desk.Identity).Wrote
	tests := []struct {
		name string
		do   []func(*desk.Identity, time.Time)
		at   []int // seconds
		gone bool
	}{
		{"leaves", []func(*desk.Identity, time.Time){follow, leave}, []int{1, 2}, true},
		{"an old follow comes late", []func(*desk.Identity, time.Time){leave, follow}, []int{2, 1}, true},
		{"an old leave comes late", []func(*desk.Identity, time.Time){follow, leave}, []int{2, 1}, false},
		{"an old message comes late", []func(*desk.Identity, time.Time){leave, write}, []int{2, 1}, true},
		{"leaves before a message, told late", []func(*desk.Identity, time.Time){write, leave}, []int{2, 1}, false},
		{"writes again", []func(*desk.Identity, time.Time){leave, write}, []int{1, 2}, false},
		{"one second", []func(*desk.Identity, time.Time){follow, leave}, []int{1, 1}, true},
		{"one second, other way", []func(*desk.Identity, time.Time){leave, follow}, []int{1, 1}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var id desk.Identity
			for i, do := range tt.do {
				do(&id, at.Add(time.Duration(tt.at[i])*time.Second))
			}
			require.Equal(t, tt.gone, !id.Gone.IsZero())
		})
	}
}
