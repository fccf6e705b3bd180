# SPDX-License-Identifier: Apache-2.0
# Turns queries.sql into rows `BT_QUERY(name, arguments, "pgsql body", "sqlite body")`, NULL for a
# body that one database does not have.  A statement begins with `-- name: x` (both databases),
# `-- name: x [pgsql]` or `-- name: x [sqlite]`, and ends at the next one.  {now} and {hex(x)}
# become the expression of the database, {asked} is {now} for conditions that an index answers; a
# bound BLOB (%pDb) counts as four arguments.
function fail(text) {
    print "queries.sql:" FNR ": " text > "/dev/stderr"
    bad = 1
    exit 1
}
function count_arguments(body,    rest, n) {
    rest = body
    gsub(/%%/, "", rest)
    n = gsub(/%s/, "", rest)
    n += 4 * gsub(/%pDb/, "", rest)
    if (rest ~ /%/) fail("only %s, %pDb and %% are known: " body)
    return n
}
function hex_of(body, call,    before, inner, at) {
    while ((at = index(body, "{hex(")) > 0) {
        before = substr(body, 1, at - 1)
        body = substr(body, at + 5)
        at = index(body, ")}")
        if (!at) fail("{hex( without )}")
        inner = substr(body, 1, at - 1)
        body = before sprintf(call, inner) substr(body, at + 2)
    }
    return body
}
function add(driver, body) {
    gsub(/[ \t\n]+/, " ", body)
    sub(/^ /, "", body)
    sub(/ ?;? ?$/, "", body)
    if (body == "") fail("empty statement " name)
    gsub(/\{now\}/, now[driver], body)
    gsub(/\{asked\}/, asked[driver], body)
    body = hex_of(body, hex[driver])
    gsub(/\\/, "\\\\", body)
    gsub(/"/, "\\\"", body)
    if ((driver, name) in text) fail("statement " name " stands twice for " driver)
    text[driver, name] = body
    if (!(name in known)) {
        known[name] = 1
        order[++total] = name
    }
}
function flush_statement() {
    if (name == "") return
    if (only == "" || only == "pgsql") add("pgsql", sql)
    if (only == "" || only == "sqlite") add("sqlite", sql)
}
function row(name,    d, driver, n, body) {
    n = -1
    for (d = 1; d <= 2; d++) {
        driver = d == 1 ? "pgsql" : "sqlite"
        body[d] = "NULL"
        if (!((driver, name) in text)) continue
        if (n >= 0 && n != count_arguments(text[driver, name]))
            fail("statement " name " takes different arguments in the two databases")
        n = count_arguments(text[driver, name])
        body[d] = "\"" text[driver, name] "\""
    }
    printf "BT_QUERY(%s, %d,\n    %s,\n    %s)\n", name, n, body[1], body[2]
}
BEGIN {
    now["pgsql"] = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
    now["sqlite"] = "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"
    asked["pgsql"] = "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS bigint)"
    asked["sqlite"] = now["sqlite"]
    hex["pgsql"] = "encode(%s, 'hex')"
    hex["sqlite"] = "lower(hex(%s))"
}
/^-- name:/ {
    flush_statement()
    name = $3
    only = $4
    gsub(/[\[\]]/, "", only)
    sql = ""
    if (name !~ /^[a-z][a-z_0-9]*$/ || (only != "" && only != "pgsql" && only != "sqlite"))
        fail("bad name line: " $0)
    next
}
/^--/ { next }
name != "" { sql = sql "\n" $0 }
END {
    if (bad) exit 1
    flush_statement()
    for (i = 1; i <= total; i++) row(order[i])
}
