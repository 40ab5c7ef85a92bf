-- A megabyte as the body of every request.
wrk.method = "POST"
wrk.body = string.rep("x", 1048576)
