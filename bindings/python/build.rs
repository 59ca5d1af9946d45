//! Lets the code ask for which Python it is built: one version, any (the limited interface), or one without a lock.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
