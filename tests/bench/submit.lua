-- SPDX-License-Identifier: Apache-2.0
-- wrk's requests for POST /analyze: the report named by the first argument, made unique by a number in its last line.
local before, after, thread_number = "", "", 0
local count = 0

function setup(thread)
    thread:set("number", thread_number)
    thread_number = thread_number + 1
end

function init(args)
    local file = assert(io.open(args[1], "rb"))
    local pdf = file:read("*a")
    file:close()
    before = "--frontier\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nbench\r\n"
        .. "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"report.pdf\"\r\n"
        .. "Content-Type: application/pdf\r\n\r\n" .. pdf
    after = "\r\n--frontier--\r\n"
    wrk.headers["Content-Type"] = "multipart/form-data; boundary=frontier"
    math.randomseed(os.time() * 16 + number)
    count = math.random(1, 1000000) * 1000000
end

function request()
    count = count + 1
    return wrk.format("POST", nil, nil, before .. string.format("\n%% %d %d", number, count) .. after)
end
