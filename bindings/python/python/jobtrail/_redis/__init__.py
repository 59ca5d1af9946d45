"""Job logs in Redis, in parts; `jobtrail.redis_logs` has the public names.

`entries` and `js_text` make and read entries, `stores` the commands, `spool` keeps what waits, `outage` says how Redis
is doing, `steps` is all that a manager does, without a connection; `wire` and `async_wire` are the connections.
"""
