//! The JVM's formats: log4j, logback and what is built with them.
//!
//! Specification: the conversion patterns of log4j's `PatternLayout` and logback's `PatternLayout`, and the defaults of Spring
//! Boot, Hadoop, HDFS, Spark, `ZooKeeper`, Kafka (`[%d] %p %m (%c)`), Elasticsearch, Tomcat, Cassandra and `WildFly`;
//! `java.util.logging.SimpleFormatter`, which writes the level and the message in a second line.

use std::borrow::Cow;

use super::pattern::{Example, Rows};
use crate::level::Level;
use crate::record::Record;
use crate::search;

pub(super) const ROWS: Rows = "\
spring %d_%l_%p --- [*k] [*t] %n_: %m
spring %d_%l_%p --- [*t] %n_: %m
zookeeper %d <[myid:*{myid}] >- %l_[*T@{line}] - %m
logback %d [*t] %l_%n - %m
logback %T [*t] %l_%n - %m
wildfly %d %l_[%n] (*t) %m
wildfly %T %l_[%n] (*t) %m
hadoop %d %l_[*t] %n: %m
hadoop %d %l_[*t] %w (*{caller}) - %m
hadoop %d %l_%w (*{caller}) - %m
log4j %d %l_%w: %m
log4j %d %l_%w - %m
log4j %d %l_[*t] %w - %m
spark %K %l_%n: %m
spark %K %l_[*t] %n: %m
hdfs %H %p %l %n: %m
elasticsearch [%d][%l_][%n_] [*{node}] %m
elasticsearch [%d][%l_][%n_] %m
kafka [%d] %l_%m
tomcat %V %l_[*t] %n %m
cassandra %l_[*t] %d %n:{line} - %m
jul %X %n< {method}>
";

pub(super) const EXAMPLES: &[Example] = &[
    ("spring", "2026-01-05T14:30:01.123+01:00  INFO 1234 --- [           main] c.example.Application : Started"),
    (
        "zookeeper",
        "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200",
    ),
    ("logback", "2026-01-05 14:30:01.123 [main] INFO  com.example.App - Started"),
    ("wildfly", "14:30:01,123 INFO  [org.jboss.as] (MSC service thread 1-2) WFLYSRV0025: Started"),
    (
        "hadoop",
        "2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster",
    ),
    ("log4j", "2026-01-05 14:30:01,123 INFO  com.example.App - Started"),
    ("spark", "17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal handlers"),
    (
        "hdfs",
        "081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating",
    ),
    ("elasticsearch", "[2026-01-05T14:30:01,123][INFO ][o.e.n.Node               ] [node-1] started"),
    ("kafka", "[2026-01-05 14:30:01,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)"),
    (
        "tomcat",
        "05-Jan-2026 14:30:01.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in 512 ms",
    ),
    ("jul", "Jan 05, 2026 2:30:01 PM com.example.App main"),
    ("cassandra", "INFO  [main] 2026-01-05 14:30:01,123 CassandraDaemon.java:650 - Startup complete"),
];

/// Splits the logger off that Kafka writes behind the message; without one the line is no more than dated.
pub(super) fn finish<'a>(record: &mut Record<'a>, message: &'a str) {
    let tail = message.strip_suffix(')').and_then(|message| search::rsplit_once(message, " ("));
    if let Some((message, logger)) = tail.filter(|(_, logger)| !logger.contains(' ')) {
        record.message = Cow::Borrowed(message);
        record.logger = Some(Cow::Borrowed(logger));
    } else {
        record.format = "asctime";
    }
}

/// The format whose records have their level and message in a second line: `INFO: Started`.
pub(crate) const TWO_LINES: &str = "jul";

/// Reads the second line of a record of [`TWO_LINES`]: its level, and the message behind it.
pub(crate) fn second_line(line: &str) -> Option<(Level, &str)> {
    let (name, message) = search::split_once(line, ":")?;
    Some((Level::of(name.as_bytes())?, message.strip_prefix(' ').unwrap_or(message)))
}
