using BenchmarkDotNet.Attributes;

namespace Presence.Engine.Benchmarks;

/// <summary>A heartbeat of a session already present, beside a look-up and a write in a dictionary.</summary>
[MemoryDiagnoser]
public class RefreshBenchmarks
{
    private Names _names = null!;
    private Crowd _crowd = null!;
    private Dictionary<string, long> _dictionary = null!;
    private int _next;

    [Params(1_000, 100_000, 1_000_000)]
    public int Viewers { get; set; }

    [Params(1, 1_000)]
    public int Rooms { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _names = new Names(Viewers);
        _crowd = new Crowd(_names, Rooms);
        _dictionary = _names.Users.ToDictionary(user => user, _ => 0L);
    }

    [GlobalCleanup]
    public void CleanUp() => _crowd.Dispose();

    [Benchmark(Baseline = true)]
    public void Dictionary()
    {
        var user = _names.Users[Next()];
        if (_dictionary.TryGetValue(user, out var value))
            _dictionary[user] = value + 1;
    }

    [Benchmark]
    public void Refresh() => _crowd.Engine.Heartbeat(_crowd.HeartbeatOf(Next()));

    private int Next()
    {
        _next = _next + 1 == Viewers ? 0 : _next + 1;
        return _names.Order[_next];
    }
}
