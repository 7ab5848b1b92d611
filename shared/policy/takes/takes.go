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

// Files gives the limit of an address. One without an id is the status page, where files
// are downloads. SMS has none: pictures by MMS go to few countries, cost many times a
// text, and Twilio fetches them from a public address, which a customer's file has not.
func Files(to desk.Address) Limit {
	switch {
	case to.ID == "", to.Channel == desk.WebForm:
		return Limit{Count: 10, Bytes: Most}
	case to.Channel == desk.Email:
		return Limit{Count: 10, Bytes: Most} // SES would take 40 MB after encoding
	case to.Channel == desk.WeChat:
		return Limit{Count: 4, Bytes: Most} // each is a message of its own, and the customer gets five with the text
	}
	return Limit{}
}

// Check says why files can't go to an address: a *desk.Error of field "files", or nil.
func Check(to desk.Address, files []desk.Attachment) error {
	limit := Files(to)
	var sum int64
	for _, f := range files {
		sum += f.Size
	}
	switch {
	case len(files) == 0:
		return nil
	case limit.Count == 0:
		return desk.FieldError("files", "this channel takes no files: send the text, and the file by e-mail")
	case len(files) > limit.Count:
		return desk.FieldError("files", "at most %d files go with one message", limit.Count)
	case sum > limit.Bytes:
		return &desk.Error{Kind: desk.TooLarge, Field: "files", Text: fmt.Sprintf("at most %d MB of files go with one message", limit.Bytes>>20)}
	case to.Channel == desk.WeChat:
		return checkWeChat(files)
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
