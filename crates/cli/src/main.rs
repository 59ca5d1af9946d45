//! The `jobtrail` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(jobtrail_cli::run_process(std::env::args_os()))
}
