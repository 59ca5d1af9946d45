//! The JVM's formats: log4j, logback and what is built with them.
//!
//! Specification: the conversion patterns of log4j's `PatternLayout` and logback's `PatternLayout`, and the defaults of Spring
//! Boot, Hadoop, HDFS, Spark and `ZooKeeper`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
spring %d_%l_%p --- [*t] %n_: %m
zookeeper %d <[myid:{myid}] >- %l_[*T@{line}] - %m
logback %d [*t] %l_%n - %m
hadoop %d %l_[*t] %n: %m
log4j %d %l_%w: %m
log4j %d %l_%w - %m
spark %K %l_%n: %m
hdfs %H %p %l %n: %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("spring", "2026-01-05T14:30:01.123+01:00  INFO 1234 --- [           main] c.example.Application : Started"),
    (
        "zookeeper",
        "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200",
    ),
    ("logback", "2026-01-05 14:30:01.123 [main] INFO  com.example.App - Started"),
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
];
