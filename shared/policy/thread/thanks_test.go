package thread_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/thread"
)

// A word of thanks is told from a message that wants something.
func TestThanks(t *testing.T) {
	for text, want := range map[string][2]bool{
		"Thanks!": {true, false}, "thank you so much 🙏": {true, false}, "Thanks a lot, team.": {true, false},
		"谢谢": {true, false}, "谢谢您！": {true, false}, "非常感谢～辛苦了": {true, false}, "[玫瑰]": {true, false}, "❤️": {true, false},
		"多謝": {true, false}, "ありがとうございます。": {true, false}, "감사합니다": {true, false}, "Vielen Dank!": {true, false},
		"Merci beaucoup": {true, false}, "¡Muchas gracias!": {true, false}, "Спасибо большое": {true, false}, "Obrigada": {true, false},
		"ok, thanks": {true, true}, "好的，谢谢": {true, true}, "👍🏽 谢谢": {true, true},
		"": {}, "ok": {}, "好的": {}, "👍": {}, "great": {},
		"thanks, but it is still broken": {}, "谢谢，但是还没收到": {}, "谢谢？": {}, "thanks?": {}, "no thanks": {},
		"Thanks. Where is my parcel": {}, "thankless": {}, "5": {}, "不谢谢": {},
	} {
		said, assent := thread.Thanks(text)
		require.Equal(t, want, [2]bool{said, assent}, "%q", text)
	}
}
