package ticketing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// The best score with words is praise for the agent it concerns; without words it isn't.
func TestPraise(t *testing.T) {
	b, tk := recovering(t)
	b.answers(tk, 5)
	require.NotContains(t, codes(b.messages(tk.ID)), "feedback.praise")
	_, err := b.Answer(b.ctx, tk.Survey, desk.Score{Value: 5, Comment: "谢谢 Amy", At: b.now, By: desk.WebForm})
	require.NoError(t, err)
	require.Contains(t, codes(b.messages(tk.ID)), "feedback.praise")
	list := b.found()
	require.Len(t, list, 1)
	require.Equal(t, "amy", list[0].Agent)
}
