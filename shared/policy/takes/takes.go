// Package takes says which files an answer may carry on its way to a customer, so that
// an agent learns it before anything is sent and not from a refusal afterwards.
package takes

import (
	"fmt"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Limit is what one message takes. Count 0: no files at all.
type Limit struct {
	Count int   // files
	Bytes int64 // of all files together
}

// Most is the largest sum of files that the console takes: a function's request has 6 MB
// (AWS, "Lambda quotas"), of which base64 leaves 4.5 MB, and the form needs some too.
const Most = 4 * 1024 * 1024

// weChat is what a customer-service message carries, in bytes, by MIME type (Tencent,
// "新增临时素材"): pictures to 10 MB, voice to 2 MB and 60 seconds, video to 10 MB. There is
// no message for any other file.
var weChat = map[string]int64{
	"image/png": 10 << 20, "image/jpeg": 10 << 20, "image/gif": 10 << 20,
	"audio/amr": 2 << 20, "audio/mpeg": 2 << 20, "audio/mp3": 2 << 20, "video/mp4": 10 << 20,
}

// Account is what an account's settings say about files.
type Account struct {
	MMS bool // an SMS account sends files too: to few countries, and at many times a text's price
}

// mms is what Twilio passes on ("Accepted content types for media"): pictures it fits to
// the phone, all else goes as it is, and carriers take some 600 kB of that.
var mms = map[string]int64{
	"image/jpeg": 5 << 20, "image/jpg": 5 << 20, "image/png": 5 << 20, "image/gif": 5 << 20,
	"image/bmp": mmsOther, "image/tiff": mmsOther,
	"audio/basic": mmsOther, "audio/l24": mmsOther, "audio/mp4": mmsOther, "audio/mpeg": mmsOther, "audio/ogg": mmsOther,
	"audio/vnd.wave": mmsOther, "audio/3gpp": mmsOther, "audio/3gpp2": mmsOther, "audio/ac3": mmsOther,
	"audio/webm": mmsOther, "audio/amr": mmsOther, "audio/amr-nb": mmsOther,
	"video/mpeg": mmsOther, "video/mp4": mmsOther, "video/quicktime": mmsOther, "video/webm": mmsOther,
	"video/3gpp": mmsOther, "video/3gpp2": mmsOther, "video/3gpp-tt": mmsOther,
	"video/h261": mmsOther, "video/h263": mmsOther, "video/h263-1998": mmsOther, "video/h263-2000": mmsOther, "video/h264": mmsOther,
	"text/vcard": mmsOther, "text/x-vcard": mmsOther, "text/csv": mmsOther, "text/rtf": mmsOther, "text/richtext": mmsOther,
	"text/calendar": mmsOther, "text/directory": mmsOther,
	"application/pdf": mmsOther, "application/vcard": mmsOther, "application/vnd.apple.pkpass": mmsOther,
}

const mmsOther = 600 * 1000

// Files gives the limit of an address that is written to from an account. One without an
// id is the status page, where files are downloads. SMS has none unless its account says so.
func Files(to desk.Address, a Account) Limit {
	switch {
	case to.ID == "", to.Channel == desk.WebForm:
		return Limit{Count: 10, Bytes: Most}
	case to.Channel == desk.Email:
		return Limit{Count: 10, Bytes: Most} // SES would take 40 MB after encoding
	case to.Channel == desk.SMS && a.MMS:
		return Limit{Count: 10, Bytes: Most} // Twilio would take 5 MB
	case to.Channel == desk.WeChat:
		return Limit{Count: 4, Bytes: Most} // each is a message of its own, and the customer gets five with the text
	}
	return Limit{}
}

// Check says why files can't go to an address: a *desk.Error of field "files", or nil.
func Check(to desk.Address, a Account, files []desk.Attachment) error {
	limit := Files(to, a)
	var sum int64
	for _, f := range files {
		sum += f.Size
	}
	switch {
	case len(files) == 0:
		return nil
	case limit.Count == 0 && to.Channel == desk.SMS:
		return desk.FieldError("files", "this number sends no files: set mms: true on its account, or send the file by e-mail")
	case limit.Count == 0:
		return desk.FieldError("files", "this channel takes no files: send the text, and the file by e-mail")
	case len(files) > limit.Count:
		return desk.FieldError("files", "at most %d files go with one message", limit.Count)
	case sum > limit.Bytes:
		return &desk.Error{Kind: desk.TooLarge, Field: "files", Text: fmt.Sprintf("at most %d MB of files go with one message", limit.Bytes>>20)}
	case to.Channel == desk.WeChat:
		return checkWeChat(files)
	case to.Channel == desk.SMS:
		return checkMMS(files)
	}
	return nil
}

func checkMMS(files []desk.Attachment) error {
	for _, f := range files {
		most, ok := mms[strings.ToLower(f.Type)]
		switch {
		case !ok:
			return desk.FieldError("files", "MMS carries pictures, sound, video, PDF, cards and calendars: send other files by e-mail")
		case f.Size == 0:
			return desk.FieldError("files", "a file is empty")
		case f.Size > most:
			return &desk.Error{Kind: desk.TooLarge, Field: "files", Text: "by MMS only pictures (JPEG, PNG, GIF) may be larger than 600 kB"}
		}
	}
	return nil
}

func checkWeChat(files []desk.Attachment) error {
	for _, f := range files {
		most, ok := weChat[strings.ToLower(f.Type)]
		switch {
		case !ok:
			return desk.FieldError("files", "WeChat carries pictures (JPEG, PNG, GIF), sound (MP3, AMR) and video (MP4): send other files by e-mail")
		case f.Size == 0:
			return desk.FieldError("files", "a file is empty")
		case f.Size > most:
			return &desk.Error{Kind: desk.TooLarge, Field: "files", Text: "on WeChat sound may have 2 MB, pictures and video 10 MB"}
		}
	}
	return nil
}

// OneEach says whether a channel sends each file as a message of its own, apart from the
// text.
func OneEach(c desk.Channel) bool { return c == desk.WeChat }
