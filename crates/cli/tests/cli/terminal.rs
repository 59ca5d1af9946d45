//! The program on a real terminal, with a real pager.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A program whose input, output and errors are a terminal of 60 columns and 10 rows.
struct OnTerminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    shown: String,
}

impl OnTerminal {
    fn start(mut command: Command) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let inner = OpenOptions::new().read(true).write(true).open(name).unwrap();
        tcsetwinsize(&inner, Winsize { ws_row: 10, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let stream = || Stdio::from(inner.try_clone().unwrap());
        let child = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
        let keyboard = File::from(terminal);
        let mut output = keyboard.try_clone().unwrap();
        let (send, screen) = mpsc::channel();
        std::thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut block) {
                if send.send(block[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, screen, shown: String::new() }
    }

    /// Waits until the screen has shown this.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.shown.contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            let block = self.screen.recv_timeout(left);
            assert!(block.is_ok(), "no `{text}` on the screen: {}", self.shown);
            self.shown.push_str(&String::from_utf8_lossy(&block.unwrap()));
        }
    }

    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        while let Ok(block) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.shown.push_str(&String::from_utf8_lossy(&block));
        }
        (code, self.shown)
    }
}

fn view(path: &str, pager: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobtrail"));
    command.args(["view", path]).env("JOBTRAIL_NO_CONFIG", "1").env("TERM", "xterm-256color");
    for name in ["COLUMNS", "LINES", "LESS", "NO_COLOR", "PAGER"] {
        command.env_remove(name);
    }
    command.envs(pager.map(|pager| ("JOBTRAIL_PAGER", pager)));
    command
}

fn log(lines: usize) -> (tempfile::TempDir, String) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    let text: Vec<String> = (0..lines).map(|number| format!("[INFO] line {number}\n")).collect();
    fs::write(&path, text.concat()).unwrap();
    let path = path.display().to_string();
    (root, path)
}

#[test]
fn a_short_log_is_printed_in_colour_without_a_pager() {
    let (_root, path) = log(3);

    let (code, shown) = OnTerminal::start(view(&path, Some("false"))).end();

    assert_eq!(Some(0), code);
    let expected = "\x1b[32mINFO\x1b[0m  line 0\r\n\x1b[32mINFO\x1b[0m  line 1\r\n\x1b[32mINFO\x1b[0m  line 2\r\n";
    assert_eq!(expected, shown);
}

#[test]
fn a_long_log_is_shown_by_less_until_it_is_left_and_the_exit_code_is_ours() {
    if Command::new("less").arg("--version").stdout(Stdio::null()).status().is_err() {
        return;
    }
    let (_root, path) = log(50_000);

    let mut less = OnTerminal::start(view(&path, None));
    less.wait_for("line 8");
    less.keyboard.write_all(b"q").unwrap();
    let (code, shown) = less.end();

    assert_eq!(Some(0), code);
    assert!(!shown.contains("line 99"), "{shown}");
}

#[test]
fn a_pager_that_is_not_there_is_told_of_behind_the_whole_log() {
    let (_root, path) = log(100);

    let (code, shown) = OnTerminal::start(view(&path, Some("/no/such/pager"))).end();

    assert_eq!(Some(0), code);
    assert!(shown.contains("line 99\r\nnote: the pager `/no/such/pager` does not start: "), "{shown}");
}
