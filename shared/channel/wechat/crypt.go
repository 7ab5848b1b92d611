package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
)

// The clear text of "消息加解密说明": 16 random bytes, the message's length in four bytes
// of network order, the message, the app id; then 1 to 32 bytes of padding, because
// PKCS#7 is used here with blocks of 32 although AES has blocks of 16.
const (
	randomBytes = 16
	headBytes   = randomBytes + 4
	padBlock    = 32
)

// encrypted finds the encrypted text in a body, XML or JSON.
func encrypted(body []byte) ([]byte, error) {
	d, err := read(body)
	if err != nil {
		return nil, errNoCipher
	}
	if text := bytes.TrimSpace(d.bytes("Encrypt")); len(text) > 0 {
		return text, nil
	}
	return nil, errNoCipher
}

// decrypt gives the message inside text, and which key it was. While a key is rotated
// the right one is that which gives a sound message with this account's app id.
func (c *account) decrypt(text []byte) (msg []byte, key int, err error) {
	for i, k := range c.keys {
		if msg, ok := k.open(text, c.AppID); ok {
			return msg, i, nil
		}
	}
	return nil, 0, errCipher
}

// seal is the way back of open. start are the 16 bytes before the message.
func (k aesKey) seal(start [randomBytes]byte, msg []byte, appID string) string {
	buf := make([]byte, 0, headBytes+len(msg)+len(appID)+padBlock)
	buf = binary.BigEndian.AppendUint32(append(buf, start[:]...), uint32(len(msg))) //nolint:gosec // a few kB
	buf = append(append(buf, msg...), appID...)
	pad := padBlock - len(buf)%padBlock
	buf = append(buf, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(k.block, k.iv).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}

func (k aesKey) open(text []byte, appID string) ([]byte, bool) {
	buf := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(buf, text)
	if err != nil || n == 0 || n%aes.BlockSize != 0 {
		return nil, false
	}
	buf = buf[:n]
	cipher.NewCBCDecrypter(k.block, k.iv).CryptBlocks(buf, buf)
	return unpack(buf, appID)
}

// unpack cuts the message out of a decrypted text, believing no length before it is
// checked.
func unpack(b []byte, appID string) ([]byte, bool) {
	if len(b) < headBytes+1 {
		return nil, false
	}
	pad := int(b[len(b)-1])
	if pad < 1 || pad > padBlock || pad > len(b)-headBytes {
		return nil, false
	}
	if bytes.Count(b[len(b)-pad:], b[len(b)-1:]) != pad {
		return nil, false
	}
	b = b[:len(b)-pad]
	n := uint64(binary.BigEndian.Uint32(b[randomBytes:headBytes]))
	if n > uint64(len(b)-headBytes) {
		return nil, false
	}
	msg, id := b[headBytes:headBytes+n], b[headBytes+n:]
	return msg, subtle.ConstantTimeCompare(id, []byte(appID)) == 1
}
