using BenchmarkDotNet.Attributes;
using Presence.Engine.Rooms;

namespace Presence.Engine.Benchmarks;

/// <summary>Reading a room: none of it may grow with the room but searching and sorting by name.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private Crowd _crowd = null!;

    [Params(1_000, 50_000, 1_000_000)]
    public int Viewers { get; set; }

    [GlobalSetup]
    public void SetUp() => _crowd = new Crowd(new Names(Viewers), rooms: 1, withNames: true);

    [GlobalCleanup]
    public void CleanUp() => _crowd.Dispose();

    [Benchmark]
    public RoomCount Count() => _crowd.Engine.Count(_crowd.FirstRoom);

    [Benchmark]
    public ViewerPage FirstPage() => _crowd.Engine.Viewers(_crowd.FirstRoom, new ViewerQuery());

    [Benchmark]
    public ViewerPage ByName() => _crowd.Engine.Viewers(_crowd.FirstRoom, new ViewerQuery { Sort = ViewerSort.Name });

    [Benchmark]
    public ViewerPage Search() => _crowd.Engine.Viewers(_crowd.FirstRoom, new ViewerQuery { Search = "99" });
}
