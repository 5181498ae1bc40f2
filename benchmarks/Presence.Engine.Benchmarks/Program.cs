using System.Globalization;
using BenchmarkDotNet.Running;
using Presence.Engine.Benchmarks;

// --history FOLDER [broadcasts] [visits]: a year of history, made and measured (benchmarks/history/run.sh). --summary: every budget of the engine in under two minutes; --summary names: searching and sorting by name alone; --summary rooms: heartbeats, joins, timeouts and pages alone; --summary storage: a checkpoint and a restore alone; --summary steady: 50,000 viewers over time. Otherwise BenchmarkDotNet and its own arguments.
if (args is ["--summary"])
    return await Summary.RunAsync(Console.Out);
if (args is ["--summary", "names"])
    return Summary.RunNames(Console.Out);
if (args is ["--summary", "rooms"])
    return Summary.RunRooms(Console.Out);
if (args is ["--summary", "storage"])
    return await Summary.RunStorageAsync(Console.Out);
if (args is ["--summary", "steady"])
    return await SteadyState.MeasureAsync(Console.Out.WriteLine);
if (args is ["--history", var folder, .. var numbers])
    return await HistorySummary.RunAsync(Console.Out, folder, numbers is [var broadcasts, ..] ? int.Parse(broadcasts, CultureInfo.InvariantCulture) : 2_000, numbers is [_, var visits] ? int.Parse(visits, CultureInfo.InvariantCulture) : 5_000_000);

BenchmarkSwitcher.FromAssembly(typeof(Summary).Assembly).Run(args);
return 0;
