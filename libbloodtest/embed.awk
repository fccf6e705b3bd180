# SPDX-License-Identifier: Apache-2.0
# Writes text files as rows `BT_FILE("name", "content")` for inclusion in C, so that code and data
# come from one build.
function flush_file() {
    if (name != "") print ")"
}
FNR == 1 {
    flush_file()
    n = split(FILENAME, part, "/")
    name = part[n]
    printf "BT_FILE(\"%s\",\n", name
}
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    gsub(/\t/, "\\t")
    gsub(/\r/, "")
    printf "\"%s\\n\"\n", $0
}
END { flush_file() }
