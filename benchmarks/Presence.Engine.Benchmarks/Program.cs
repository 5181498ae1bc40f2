using BenchmarkDotNet.Running;
using Presence.Engine.Benchmarks;

// --summary: every budget of the engine in under two minutes; --summary names: searching and sorting by name alone. Otherwise BenchmarkDotNet and its own arguments.
if (args is ["--summary"])
    return await Summary.RunAsync(Console.Out);
if (args is ["--summary", "names"])
    return Summary.RunNames(Console.Out);

BenchmarkSwitcher.FromAssembly(typeof(Summary).Assembly).Run(args);
return 0;
