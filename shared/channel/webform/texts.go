package webform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
)

// text names something the desk says to a customer.
type text string

const (
	textMissing     text = "missing"
	textTooLong     text = "too long"
	textMail        text = "mail"
	textPhone       text = "phone"
	textChoice      text = "choice"
	textNoFile      text = "no file"
	textLargeFile   text = "large file"
	textTooMany     text = "too many"
	textUploadOver  text = "upload over"
	textContentType text = "content type"
	textUnreadable  text = "unreadable"
	textTooLarge    text = "too large"
	textMend        text = "mend"
	textSend        text = "send"
	textBack        text = "back"
	textThanks      text = "thanks"
	textKept        text = "kept"
	textChoose      text = "choose"
	textAgainFile   text = "again file"
	textRequired    text = "required"

	textWrite         text = "write"
	textCaptcha       text = "captcha"
	textCaptchaOld    text = "captcha old"
	textCaptchaFailed text = "captcha failed"
	textCaptchaAway   text = "captcha away"
	textCaptchaScript text = "captcha script"
)

// texts in zh-CN and en.
var texts = map[text][2]string{
	textMissing:     {"请填写此项。", "Please fill this in."},
	textTooLong:     {"最多可填写 %d 个字。", "Please use at most %d characters."},
	textMail:        {"请填写正确的邮箱地址，例如 name@example.com。", "Please give an e-mail address such as name@example.com."},
	textPhone:       {"请填写正确的电话号码。", "Please give a phone number, with digits only."},
	textChoice:      {"请从列表中选择一项。", "Please choose one from the list."},
	textNoFile:      {"请选择文件。", "Please choose a file."},
	textLargeFile:   {"文件不能超过 %d KB。", "The file may have at most %d kB."},
	textTooMany:     {"上传过于频繁，请稍后再试。", "Too many uploads just now. Please try again in a few minutes."},
	textUploadOver:  {"上传的文件已失效，请重新选择文件。", "The uploaded file is no longer valid. Please choose it again."},
	textContentType: {"不支持这种提交格式。", "This type of submission isn't supported."},
	textUnreadable:  {"提交的内容无法识别，请重试。", "The submission could not be read. Please try again."},
	textTooLarge:    {"提交的内容过大，请减少或压缩附件后重试。", "The submission is too large. Please send fewer or smaller files."},
	textMend:        {"有几处需要修改", "Please check the following"},
	textSend:        {"提交", "Send"},
	textBack:        {"返回上一页", "Go back"},
	textThanks:      {"提交成功", "Thank you"},
	textKept:        {"我们已收到您的消息，会尽快回复您。", "We've received your message and will reply soon."},
	textChoose:      {"请选择", "Please choose"},
	textAgainFile:   {"如需附件，请重新选择文件。", "Please choose your file again."},
	textRequired:    {"必填", "required"},

	textWrite:         {"继续留言", "Add a message"},
	textCaptcha:       {"请完成人机验证。", "Please complete the check that you're a person."},
	textCaptchaOld:    {"人机验证已过期，请重新验证后提交。", "The check has expired. Please do it once more and send again."},
	textCaptchaFailed: {"人机验证未通过，请重试。", "That check didn't go through. Please try again."},
	textCaptchaScript: {"此表单需要人机验证，请启用 JavaScript 后再提交。", "This form checks that you're a person, which needs JavaScript. Please turn it on to send the form."},
	textCaptchaAway:   {"人机验证暂时无法使用，请稍后再提交。", "The check isn't available right now. Please try again in a moment."},
}

func say(lang string, t text, n ...int) string {
	s := texts[t][1]
	if lang == "zh-CN" {
		s = texts[t][0]
	}
	if strings.Contains(s, "%d") && len(n) > 0 {
		return fmt.Sprintf(s, n[0])
	}
	return s
}

// known is one of the desk's languages for a tag of any region (RFC 5646), or "".
func known(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	switch primary {
	case "zh":
		return "zh-CN"
	case "en":
		return "en"
	}
	return ""
}

// requestLang is the first of the browser's languages that the desk speaks; browsers
// list them in order of preference.
func (c *Channel) requestLang(r channel.Request) string {
	for _, item := range strings.Split(r.Get("accept-language"), ",") {
		tag, weight, _ := strings.Cut(item, ";")
		if l := known(tag); l != "" && !slices.Contains([]string{"q=0", "q=0.0"}, strings.TrimSpace(weight)) {
			return l
		}
	}
	if l := known(c.Lang); l != "" {
		return l
	}
	return "en"
}

// submissionLang is what the page says of itself, else as given.
func (c *Channel) submissionLang(s submission, otherwise string) string {
	if l := known(s.first("_lang")); l != "" {
		return l
	}
	return otherwise
}
