// Is this delivery from Matching, fresh, and not one that was taken before? Go 1.19 and later, nothing to fetch.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 5 * time.Minute // both ways

// Answer 400 to any of these.
var (
	errMalformed = errors.New("malformed")
	errForged    = errors.New("forged")
	errLate      = errors.New("late")
)

// Verify says true: take it, and keep its webhook-id in the transaction in which you do; or false: you have it already, answer 200 and do nothing.
// secrets are all whsec_… that hold, two of them while one is being changed; body is the bytes as they came, before anything reads them; seen says of a
// webhook-id whether you have taken it.
func Verify(secrets []string, headers http.Header, body []byte, seen func(string) bool, now time.Time) (bool, error) {
	id, stamp := headers.Get("webhook-id"), headers.Get("webhook-timestamp")
	seconds, err := strconv.ParseUint(stamp, 10, 40)
	if id == "" || err != nil {
		return false, errMalformed
	}

	isOurs := false
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return false, err
		}

		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		mine := mac.Sum(nil)
		for _, one := range strings.Split(headers.Get("webhook-signature"), " ") {
			theirs, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "v1,"))
			isOurs = isOurs || (strings.HasPrefix(one, "v1,") && err == nil && hmac.Equal(mine, theirs))
		}
	}

	if !isOurs {
		return false, errForged
	}

	if age := now.Sub(time.Unix(int64(seconds), 0)); age > tolerance || age < -tolerance {
		return false, errLate
	}

	return !seen(id), nil
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}

	taken := map[string]bool{}
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n")[1:] {
		cell := strings.Split(line, "\t")
		now, _ := strconv.ParseInt(cell[1], 10, 64)
		body, _ := base64.StdEncoding.DecodeString(cell[6])
		headers := http.Header{}
		headers.Set("webhook-id", cell[3])
		headers.Set("webhook-timestamp", cell[4])
		headers.Set("webhook-signature", cell[5])
		isNew, err := Verify(strings.Split(cell[2], " "), headers, body, func(id string) bool { return taken[id] }, time.Unix(now, 0))
		switch {
		case err != nil:
			fmt.Printf("%s\t%s\n", cell[0], err)
		case isNew:
			fmt.Printf("%s\ttaken\n", cell[0])
			taken[cell[3]] = true
		default:
			fmt.Printf("%s\tagain\n", cell[0])
		}
	}
}
