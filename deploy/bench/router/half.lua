-- Requests at a steady rate, whatever the server is capable of: each connection pauses between its own.
local mean = tonumber(os.getenv("WRK_PAUSE_MS"))

function delay()
  return math.random(0, 2 * mean)
end
