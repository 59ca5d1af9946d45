//! Phones and desktops: Android's logcat, Windows' component based servicing, `HealthApp`, Proxifier.
//!
//! Specification: `logcat -v threadtime`, `-v time` and `-v brief`; `%WINDIR%\Logs\CBS\CBS.log`; the app's
//! `time|component|pid|text`; Proxifier's `[month.day time] program - text`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
logcat %L_%p_%t %l *n: %m
logcat %L_%p_%t %l _:< >%m
logcat %L_{uid}_%p_%t %l *n: %m
logcat %e_%p_%t %l *n: %m
logcat %d %z_%p_%t %l *n: %m
logcat <%L >%l/*n(_%p): %m
cbs %d, %l_[{code}]_%n_%m
cbs %d, %l_%n_%m
healthapp %Q|*n|%p|%m
proxifier [%P] *n - %m
proxifier [%P] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("logcat", "03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogsopening app wtoken"),
    ("cbs", "2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505"),
    ("healthapp", "20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579"),
    (
        "proxifier",
        "[10.30 16:49:06] chrome.exe - proxy.cse.cuhk.edu.hk:5070 open through proxy proxy.cse.cuhk.edu.hk:5070 HTTPS",
    ),
];
