-- One heartbeat after another, each of another viewer: wrk's side of run.sh.
-- Reads access tokens (one a line) from TOKENS; viewer i watches room i modulo ROOMS.

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  local rooms = tonumber(os.getenv("ROOMS"))
  requests = {}
  for token in io.lines(os.getenv("TOKENS")) do
    local i = #requests
    requests[i + 1] = wrk.format("POST", "/api/v1/presence/rooms/room-" .. (i % rooms) .. "/heartbeat",
      { ["Authorization"] = "Bearer " .. token, ["Content-Length"] = "0" })
  end

  -- Random order, the same in every run: neighbours in the file share a moment of login and so would share cache lines.
  math.randomseed(20261121)
  for i = #requests, 2, -1 do
    local other = math.random(i)
    requests[i], requests[other] = requests[other], requests[i]
  end

  -- Each run continues where chance says, or the first viewers would be asked most and reach their rate limit.
  math.randomseed(tonumber(os.getenv("SEED")) + number)
  position = math.random(#requests)
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
