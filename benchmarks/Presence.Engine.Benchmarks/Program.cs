using System.Diagnostics;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

const int N = 1_000_000;
var users = new string[N];
for (var i = 0; i < N; i++) users[i] = $"user-{i:D7}-{i * 7919 % 997}";
var order = Enumerable.Range(0, N).ToArray();
new Random(42).Shuffle(order);

var yard = new Dictionary<string, long>(N);
foreach (var u in users) yard[u] = 0;
double W()
{
    var s = Stopwatch.GetTimestamp();
    for (var k = 0; k < N; k++) { var u = users[order[k]]; if (yard.TryGetValue(u, out var v)) yard[u] = v + 1; }
    return Stopwatch.GetElapsedTime(s).TotalNanoseconds / N;
}
foreach (var rooms in new[] { 1, 1000, 100_000 })
{
    var ids = Enumerable.Range(0, rooms).Select(i => $"room-{i}").ToArray();
    var mem0 = GC.GetTotalMemory(true);
    var e = new PresenceEngine(TimeProvider.System, PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromMinutes(10), PresenceTimeout = TimeSpan.FromMinutes(60) }, new PresenceLimits());
    var s0 = Stopwatch.GetTimestamp();
    for (var k = 0; k < N; k++) e.Heartbeat(new Heartbeat { RoomId = ids[k % rooms], UserId = users[k], SessionId = "" });
    var join = Stopwatch.GetElapsedTime(s0).TotalNanoseconds / N;
    var sink = new List<Presence.Engine.Changes.MembershipChange>(); e.Journal.TryDrain(sink); e.Journal.TryDrain(sink); sink = null;
    var mem = (GC.GetTotalMemory(true) - mem0) / (double)N;
    double Refresh()
    {
        var s = Stopwatch.GetTimestamp();
        for (var k = 0; k < N; k++) { var i = order[k]; e.Heartbeat(new Heartbeat { RoomId = ids[i % rooms], UserId = users[i], SessionId = "" }); if ((k & 0xffff) == 0) e.Sweep(); }
        return Stopwatch.GetElapsedTime(s).TotalNanoseconds / N;
    }
    for (var r = 0; r < 5; r++) { var w = W(); var f = Refresh(); Console.WriteLine($"rooms {rooms}: W {w:F0} refresh {f:F0} ratio {f / w:F2} join {join:F0} ({join/w:F2}) mem {mem:F0} B"); }
    GC.KeepAlive(e);
}
return 0;
