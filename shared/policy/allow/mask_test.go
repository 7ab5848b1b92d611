package allow_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/allow"
)

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"wang.fang+1@mail.example.com":  "w***@mail.example.com",
		"写信到王芳@例子.公司。":                  "写***@例子.公司。",
		"mailto:mei%40shop.example":     "mailto:m***%40shop.example",
		"&#43;8613800001234,":           "***34,",
		"call +44 20 7946 0958 now":     "call ***58 now",
		"我的电话是13800001234，谢谢":           "我的电话是***34，谢谢",
		"138 0000 1234":                 "***34",
		"tel:%2B8613800001234":          "tel:***34",
		"order 20260302113800001234567": "order 20260302113800001234567",
		"a13800001234b":                 "a13800001234b",
		"order 7741 of 2026-03-02":      "order 7741 of 2026-03-02",
		"@ and a@b":                     "@ and a@b",

		`"address":"oLVPpjqs9BhvzwPj5A-vTYAX3GLc"`: `"address":"o***Lc"`,
		"by wmAJ2GCAAAmYJtK9mHqN2cZq6oPZ8rQw, ok":  "by w***Qw, ok",
		"oLVPpjqs9BhvzwPj5A-vTYAX3GLcd":            "oLVPpjqs9BhvzwPj5A-vTYAX3GLcd",
		"our-customers-phone-number-1":             "our-customers-phone-number-1",
		"our-customer-number-is-13800001234":       "our-customer-number-is-***34",
	} {
		require.Equal(t, want, allow.Mask(text), text)
	}
}

// A file's name is masked although letters stand close around a number.
func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{
		"IMG_13800001234.jpg": "IMG_***34.jpg", "wang.fang@shop.example.pdf": "w***@shop.example.pdf", "invoice-2026-03.pdf": "invoice-2026-03.pdf", "a8613800001234b.wav": "a***34b.wav",
	} {
		require.Equal(t, want, allow.MaskName(name))
	}
}

// What is masked stays so, and nothing of a number but its last two digits is left.
func TestMaskLeavesNoNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := "+" + rapid.StringMatching(`[1-9][0-9]{9,13}`).Draw(t, "number")
		before := rapid.StringMatching(`([a-z]+[ ,:])?`).Draw(t, "before")
		got := allow.Mask(before + number + " end")
		require.NotContains(t, got, number[1:len(number)-2])
		require.Equal(t, got, allow.Mask(got))
	})
}

func TestWhoIsMasked(t *testing.T) {
	require.True(t, who(allow.Agent).Masked(true))
	require.True(t, who("").Masked(true))
	require.False(t, who(allow.Agent).Masked(false))
	require.False(t, who(allow.Lead).Masked(true))
	require.False(t, who(allow.Admin).Masked(true))
}
