//! What tests know of the time that a walk takes: how many bytes were looked at, also those looked at again. Outside of tests
//! nothing is counted.

/// Counts bytes that are looked at one by one.
#[cfg(not(test))]
pub(super) fn count(_bytes: usize) {}

#[cfg(test)]
pub(super) use counted::count;

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    use super::super::pieces::Random;
    use super::super::{Paths, RedactOptions, Redactor};

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    pub(in super::super) fn count(bytes: usize) {
        STEPS.set(STEPS.get() + bytes + 1);
    }

    fn steps(redactor: &Redactor, text: &str) -> usize {
        STEPS.set(0);
        redactor.find(text);
        STEPS.get()
    }

    /// What a text is made of that is to be slow.
    const PIECES: [&str; 108] = [
        "\"password\":",
        "\"password\":\"x\",",
        "a=",
        "password=",
        "key=",
        "key ",
        "pass: ",
        "passwordpassword=",
        "--key=",
        "gh--key=",
        "aKey=",
        "aKey='\\'",
        "sid=",
        "session: ",
        "csrf='",
        "cookies=\"",
        "'Cookie: a=b; ",
        "'Authorization: x ",
        "\"Authorization: Digest x",
        "secret.",
        "params[password]=",
        "`key` = ",
        "password=>",
        "password=\u{e9}",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\\n",
        "-----BEGIN PRIVATE KEY----------END a",
        "#\\/",
        "a+/",
        "LTAIYDzYa44DBc/",
        "://",
        "://a:",
        "a://b:c@",
        "a://a:/",
        "u://a:p/",
        "@",
        "eyJ",
        "eyJ.",
        "eyJhbGciOi.",
        "/home/",
        "/home/a",
        "/",
        "\\",
        "\\\"",
        "\\\"password\\\":",
        "C:\\",
        "C:\\Users\\",
        "\\\\a\\b",
        "file:///",
        "{\"",
        "{",
        "[",
        "\"",
        "\"x\" ",
        "{\"secret\":[",
        "{\"secret\":{",
        "secret: [",
        "X-Api-Key=[a,",
        "[redacted:",
        "bearer ",
        "basic ",
        "bear ",
        "--token ",
        "--token",
        "--",
        "-",
        "'--password', ",
        "-p ",
        "-p x ",
        "-u ",
        "-u a:b ",
        " -ps",
        "mysql -p ",
        "'-a', ",
        "redis-cli -a [",
        "<password x",
        "curl -u ",
        "login password ",
        "ghp_",
        "sk-",
        "sk_live_",
        "xoxb-",
        "ABSK-",
        "$2a$",
        "$",
        "a-",
        "M.23",
        "hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1.",
        "hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 ",
        "token",
        "token ",
        "token a1",
        "token:",
        "<password>",
        "<password>x",
        "('password',",
        "\"name\":\"password\",",
        "value=\"\" ",
        "password: |\n",
        "password: |\n x\n",
        "Cookie: ",
        "Cookie: a=",
        "Authorization: x ",
        "Authorization: Digest ",
        "4111 1111 1111 ",
        "\"4111111111111111\",",
        "p\\u0061ss",
    ];

    /// JSON in a string of JSON, and so on.
    fn nested(bytes: usize) -> String {
        let mut text = "{\"password\":\"x\"}".to_owned();
        while text.len() < bytes / 2 {
            text = format!("{{\"a\":{}}}", serde_json::to_string(&text).unwrap());
        }
        text.repeat(bytes / text.len())
    }

    fn made_of(letters: &[u8], bytes: usize) -> String {
        let mut random = Random(0x57E9);
        (0..bytes).map(|_| char::from(letters[random.below(letters.len())])).collect()
    }

    #[test]
    fn twice_the_text_takes_at_most_two_and_a_half_times_the_steps() {
        const BYTES: usize = if cfg!(debug_assertions) { 60_000 } else { 500_000 };
        type Make = Box<dyn Fn(usize) -> String>;
        let base64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut texts: Vec<Make> = vec![
            Box::new(nested),
            Box::new(|bytes| made_of(b"0123456789", bytes)),
            Box::new(|bytes| made_of(b"0123456789 ", bytes)),
            Box::new(|bytes| made_of(base64, bytes)),
            Box::new(|bytes| made_of(b"0123456789abcdef", bytes)),
        ];
        for piece in PIECES {
            texts.push(Box::new(|bytes| piece.repeat(bytes / piece.len())));
        }
        for paths in [Paths::Home, Paths::Strict] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            for make in &texts {
                let (once, twice) = (make(BYTES), make(2 * BYTES));
                let (of_once, of_twice) = (steps(&redactor, &once), steps(&redactor, &twice));

                let begin = &once[..once.floor_char_boundary(40)];
                assert!(of_twice <= of_once * 5 / 2, "{begin} {of_once} steps, then {of_twice}");
                assert!(of_twice <= 400 * twice.len(), "{begin} {} steps a byte", of_twice / twice.len());
            }
        }
    }
}
