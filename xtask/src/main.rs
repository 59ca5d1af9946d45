//! Build steps that need a program. `cargo run -p jobtrail-xtask -- wasm` makes `bindings/wasm/dist/wasm`:
//! compile, bind, optimise. What is JavaScript after that belongs to `bindings/wasm/build.mjs`.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use wasm_bindgen_cli_support::Bindgen;

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Features that Rust's baseline for this target already uses, plus the one we ask for. Never `--all-features`: it
/// lets the optimiser write what Node 20 rejects.
const FEATURES: [&str; 8] = [
    "simd",
    "bulk-memory",
    "bulk-memory-opt",
    "sign-ext",
    "mutable-globals",
    "nontrapping-float-to-int",
    "multivalue",
    "reference-types",
];

fn main() -> ExitCode {
    let task = env::args().nth(1).unwrap_or_default();
    let result = match task.as_str() {
        "wasm" => wasm(),
        _ => Err("usage: cargo run -p jobtrail-xtask -- wasm".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a build step talks to the terminal")]
            {
                eprintln!("xtask: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Compiles, binds and optimises the WASM face.
fn wasm() -> Done {
    let root = workspace()?;
    let out = root.join("bindings/wasm/dist/wasm");
    let compiled = compile(&root)?;
    fs::create_dir_all(&out)?;
    Bindgen::new()
        .input_path(&compiled)
        .out_name("jobtrail")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .generate(&out)?;
    without_dispose(&out.join("jobtrail.d.ts"))?;
    optimise(&root, &out.join("jobtrail_bg.wasm"))
}

/// Runs cargo for the browser target and gives the file that it made.
fn compile(root: &Path) -> Done<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo)
        .args(["build", "--package", "jobtrail-module", "--profile", "wasm", "--target", "wasm32-unknown-unknown"])
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root)?.join("\u{1f}"))
        .current_dir(root))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(root.join(target).join("wasm32-unknown-unknown/wasm/jobtrail_module.wasm"))
}

/// The compiler's flags: SIMD, inlining as when one builds for size (the profile's level would inline 16 KB more, and what is
/// marked for it another 8; at 40 the hot loops fall apart and are half as fast), loops as they are written (those that
/// become SIMD are), and no path of this machine inside the module (panics name their source files).
fn flags(root: &Path) -> Done<Vec<String>> {
    const LLVM: &str = "-Cllvm-args=-inline-threshold=15 -inlinehint-threshold=60 -unroll-max-count=1 \
                        -unroll-peel-max-count=0 -unroll-runtime=false";
    let mut flags = ["-Ctarget-feature=+simd128", LLVM].map(str::to_owned).to_vec();
    flags.push(remap(root));
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let registries = home.map(|home| home.join("registry/src")).filter(|folder| folder.is_dir());
    for registry in registries.map(fs::read_dir).transpose()?.into_iter().flatten() {
        flags.push(remap(&registry?.path()));
    }
    Ok(flags)
}

fn remap(folder: &Path) -> String {
    format!("--remap-path-prefix={}=", folder.display())
}

/// Takes `[Symbol.dispose]` out of the declarations: a project whose `lib` is ES2023 or older cannot read it.
fn without_dispose(declarations: &Path) -> Done {
    let text = fs::read_to_string(declarations)?;
    let kept = text.lines().filter(|line| !line.contains("[Symbol.dispose]")).collect::<Vec<_>>().join("\n");
    Ok(fs::write(declarations, kept + "\n")?)
}

/// What the optimiser does: twice over, because the first pass leaves the second something to do; with addresses below 1024
/// unused, which holds as long as the stack, which ends there, does not overflow; without notes for tools; and what is
/// called from several places goes into them only where it is tiny: the rest made the module larger and no faster.
const OPTIMISATIONS: [&str; 6] = [
    "-O3",
    "-O3",
    "--flexible-inline-max-function-size=8",
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
];

/// Runs npm's binaryen in place (Debian's wasm-opt breaks what this version of wasm-bindgen writes).
fn optimise(root: &Path, file: &Path) -> Done {
    let program = root.join("node_modules/binaryen/bin/wasm-opt");
    if !program.exists() {
        return Err("npm's `binaryen` is missing, run `npm ci` first".into());
    }
    run(Command::new("node")
        .arg(program)
        .args(OPTIMISATIONS)
        .args([file.as_os_str(), OsStr::new("-o"), file.as_os_str()])
        .args(FEATURES.map(|feature| format!("--enable-{feature}"))))
}

fn run(command: &mut Command) -> Done {
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", command.get_program().display()).into())
    }
}

fn workspace() -> Done<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().ok_or("xtask has no parent folder")?.to_path_buf())
}
