# SPDX-License-Identifier: Apache-2.0
# Prints conf/DIRECTIVES.md from directives.def, so that the reference cannot say anything but what
# the code reads.
# Use: awk -f directives.awk directives.def > DIRECTIVES.md
function unquote(text) {
    gsub(/"[ \n]+"/, "", text); sub(/^[ \n]*"/, "", text); sub(/"[ \n]*$/, "", text)
    gsub(/\\"/, "\"", text); return text
}
# Takes the first string off `rest`.
function next_text(    text) {
    match(rest, /"[^"]*"/)
    text = substr(rest, RSTART + 1, RLENGTH - 2)
    rest = substr(rest, RSTART + RLENGTH + 1)
    return text
}
function next_name(    at, name) {
    at = index(rest, ",")
    name = substr(rest, 1, at - 1)
    rest = substr(rest, at + 1)
    return name
}
function print_row(    name, takes, value) {
    name = next_name()
    next_name() # the setter
    takes = next_text()
    value = next_text()
    printf "\n## %s\n\n| | |\n|---|---|\n| takes | %s |\n", name, takes
    printf "| default | %s |\n\n", value == "" ? "not set" : "`" value "`"
    print unquote(rest)
    rows++
}
BEGIN {
    print "# Directives of mod_bloodtest\n"
    print "Made from `directives.def` (`make directives`); a test compares the two.\n"
    print "`Bloodtest On` stands in a `<Location>`; the others there, in a virtual host, or in the"
    print "server's configuration. What is nearer to the address wins. The database is configured"
    print "with the directives of mod_dbd (`DBDriver`, `DBDParams`, …)."
}
/^BTM_DIRECTIVE\(/ { sub(/^BTM_DIRECTIVE\(/, ""); rest = ""; inside = 1 }
inside { rest = rest $0 "\n" }
inside && /\)$/ { sub(/\)\n$/, "", rest); print_row(); inside = 0 }
END { if (rows < 5) { print "only " rows + 0 " directives found" > "/dev/stderr"; exit 1 } }
